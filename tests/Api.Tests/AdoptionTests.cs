using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.Api.Tests;

public sealed class AdoptionTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("1.8.2")]
    public async Task Adoption_and_detachment_leave_the_gateways_settings_as_they_were_found(string version)
    {
        await using var gateway = await TestGateway.Start(_parley, version);
        var line = await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone(), $"{_parley.Address}former?key=abc");
        await gateway.Simulated.Settle(TimeSpan.FromSeconds(30));
        var (before, account) = (line.Webhook!, line.Account);

        Assert.Equal("adopted", (await Adopt(gateway, "shop-line", "shop-1", setWebhook: true))["outcome"]!.GetValue<string>());
        await Poll.Until(() => Task.FromResult(line.Webhook!.Url.Contains("/webhooks/evolution/", StringComparison.Ordinal)), "the webhook");
        var session = (await gateway.Tenant.Client.Get("/sessions/shop-1")).Expect(200);
        Assert.Equal(("open", "open"), (session.Text("status"), session.Text("desiredStatus")));
        Assert.True(session.Json["adopted"]!.GetValue<bool>());
        Assert.Equal(account!.Phone, session.Text("phoneNumber"));

        line.Phone.Write(gateway.Simulated.WhatsApp.AddPerson("5511987650002", "Ana"), "hello");
        await Poll.Until(async () => (await gateway.Tenant.Client.Get("/messages")).Data.Count == 1, "the message");
        await gateway.Tenant.UntilAttention("shop-1", null);
        Assert.Equal("already_adopted", (await Adopt(gateway, "shop-line", "shop-1", setWebhook: true))["outcome"]!.GetValue<string>());

        (await gateway.Tenant.Client.Delete("/sessions/shop-1")).Expect(204);
        await Poll.Until(() => Task.FromResult(line.Webhook!.Url == before.Url), "the former webhook is back");
        var after = line.Webhook!;
        Assert.Equal(
            (before.Url, before.Enabled, before.ByEvents ?? false, before.Base64 ?? false),
            (after.Url, after.Enabled, after.ByEvents ?? false, after.Base64 ?? false));
        Assert.Equal(before.Events.Order(StringComparer.Ordinal), after.Events.Order(StringComparer.Ordinal));
        Assert.True(after.Headers is null or { Count: 0 }, after.Headers?.ToJsonString());

        // Nothing but the webhook was touched.
        Assert.Same(account, line.Account);
        Assert.Equal("open", line.Connection.State);
        string[] harmless = ["instance/fetchInstances", "instance/connectionState", "webhook/find", "webhook/set", "chat/whatsappNumbers", ""];
        Assert.Empty(gateway.Simulated.Requests.All.Select(static r => r.Call).Except(harmless));

        // It can be adopted once more, as soon as its former session knows that it is detached.
        await Poll.Until(
            async () => (await Adopt(gateway, "shop-line", "shop-1", setWebhook: true))["outcome"]!.GetValue<string>() == "adopted", "it is adopted");
        Assert.Equal("open", (await gateway.Tenant.Client.Get("/sessions/shop-1")).Expect(200).Text("status"));
    }

    [Theory]
    [InlineData("2.3.7", true)]
    [InlineData("2.3.7", false)]
    [InlineData("1.8.2", true)]
    public async Task A_former_webhook_comes_back_with_all_that_it_had(string version, bool enabled)
    {
        await using var gateway = await TestGateway.Start(_parley, version);
        var line = await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone(), new WebhookRow
        {
            Url = $"{_parley.Address}former",
            Events = ["MESSAGES_UPSERT", "CONNECTION_UPDATE"],
            Enabled = enabled,
            ByEvents = true,
            Base64 = true,
            Headers = version[0] == '1' ? null : new JsonObject { ["x-former"] = "a secret" },
        });
        var before = line.Webhook!;
        await Adopt(gateway, "shop-line", "shop-1", setWebhook: true);
        await Poll.Until(() => Task.FromResult(line.Webhook!.Url.Contains("/webhooks/evolution/", StringComparison.Ordinal)), "the webhook");
        Assert.DoesNotContain("a secret", (await gateway.Tenant.Client.Get("/sessions/shop-1")).Expect(200).Body, StringComparison.Ordinal);

        (await gateway.Tenant.Client.Delete("/sessions/shop-1")).Expect(204);
        await Poll.Until(() => Task.FromResult(line.Webhook!.Url == before.Url), "the former webhook is back");
        var after = line.Webhook!;
        Assert.Equal((enabled, true, true), (after.Enabled, after.ByEvents, after.Base64));

        // A webhook that is set disabled loses its events at the gateway itself.
        Assert.Equal(enabled ? before.Events.Order(StringComparer.Ordinal) : [], after.Events.Order(StringComparer.Ordinal));
        Assert.Equal(before.Headers?.ToJsonString(), after.Headers?.ToJsonString());
    }

    [Fact]
    public async Task What_was_written_before_comes_in_with_an_adoption_that_asks_for_it()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var line = await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone());
        var ana = gateway.Simulated.WhatsApp.AddPerson("5511987650002", "Ana");
        string[] texts = ["first", "second", "third"];
        foreach (var text in texts)
        {
            line.Phone.Write(ana, text);

            // Gateways tell whole seconds: what is of one second has no order.
            await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        }

        await Adopt(gateway, "shop-line", "shop-1", setWebhook: true, historySince: DateTimeOffset.UtcNow.AddHours(-1));

        await Poll.Until(async () => (await gateway.Tenant.Client.Get("/messages")).Data.Count == 3, "what was there before");
        var kept = (await gateway.Tenant.Client.Get("/messages")).Data.OrderBy(static m => m!["sequence"]!.GetValue<long>()).ToList();
        Assert.Equal(texts, kept.Select(static m => m!["text"]!.GetValue<string>()));
        Assert.All(kept, static m => Assert.Equal("history", m!["origin"]!.GetValue<string>()));
        var conversation = Assert.Single((await gateway.Tenant.Client.Get("/conversations")).Data)!;
        Assert.Equal((3, 0), (conversation["messageCount"]!.GetValue<int>(), conversation["unreadCount"]!.GetValue<int>()));
    }

    [Fact]
    public async Task What_the_global_webhook_brought_before_is_taken_in_at_adoption()
    {
        await using var gateway = await TestGateway.Start(_parley);
        gateway.Simulated.Options.GlobalWebhookUrl = $"{_parley.Address}webhooks/evolution/{gateway.WebhookToken}";
        var line = await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone());
        var ana = gateway.Simulated.WhatsApp.AddPerson("5511987650002", "Ana");
        string[] before = ["first", "second", "third"];
        foreach (var text in before)
        {
            line.Phone.Write(ana, text);
            await gateway.Simulated.Settle();
        }

        Assert.All(gateway.Simulated.Webhooks.Posted, static posted => Assert.Equal([200], posted.Answers));
        Assert.Empty((await gateway.Tenant.Client.Get("/messages")).Data);
        Assert.Empty((await gateway.Tenant.Client.Get("/quarantine")).Data);

        Assert.Equal("adopted", (await Adopt(gateway, "shop-line", null, setWebhook: false))["outcome"]!.GetValue<string>());
        await Poll.Until(async () => (await gateway.Tenant.Client.Get("/messages")).Data.Count == 3, "what waited");
        line.Phone.Write(ana, "after");
        await Poll.Until(async () => (await gateway.Tenant.Client.Get("/messages")).Data.Count == 4, "what came later");
        var texts = (await gateway.Tenant.Client.Get("/messages")).Data.OrderBy(static m => m!["sequence"]!.GetValue<int>()).Select(static m => m!["text"]!.GetValue<string>());
        Assert.Equal([.. before, "after"], texts);
        Assert.Null(line.Webhook);
        Assert.Null((await gateway.Tenant.Client.Get("/sessions/shop-line")).Expect(200).Json["webhook"]!["url"]);

        // Its tenant gives it up: what comes is nobody's again.
        (await gateway.Tenant.Client.Delete("/sessions/shop-line")).Expect(204);
        line.Phone.Write(ana, "nobody's");
        await gateway.Simulated.Settle();
        Assert.Equal(4, (await gateway.Tenant.Client.Get("/messages")).Data.Count);
    }

    /// <summary>The instance's name may stand before or behind the bytes.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Large_media_by_the_global_webhook_are_the_tenants(bool nameFirst)
    {
        await using var gateway = await TestGateway.Start(_parley);
        await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone());
        await Adopt(gateway, "shop-line", "shop-1", setWebhook: false);
        var bytes = new byte[400_000];
        new Random(1).NextBytes(bytes);
        var body = Webhook.Media("5511987650002", "imageMessage", "image/png", bytes);
        body.Remove("instance");
        if (nameFirst)
        {
            body.Insert(1, "instance", "shop-line");
        }
        else
        {
            body["instance"] = "shop-line";
        }

        using var nobody = _parley.With(null);
        Assert.Equal(1, (await nobody.Post($"/webhooks/evolution/{gateway.WebhookToken}", body)).Expect(200).Number("accepted"));
        var id = (await gateway.Tenant.Client.Get("/messages")).Data[0]!["id"]!.GetValue<string>();
        Assert.Equal(bytes, (await gateway.Tenant.Client.Get($"/messages/{id}/media")).Expect(200).Bytes);
    }

    [Fact]
    public async Task Each_instance_has_an_outcome_of_its_own()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var other = await _parley.NewTenant();
        await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone());
        await gateway.Simulated.Pair("with blank", TestGateway.NewPhone());
        await gateway.Simulated.Pair("second", TestGateway.NewPhone());
        using var admin = _parley.Admin();
        JsonObject Instance(string name, string tenantId, string? sessionId = null) =>
            new() { ["instanceName"] = name, ["tenantId"] = tenantId, ["sessionId"] = sessionId };
        var first = await admin.Post($"/admin/gateways/{gateway.Id}/adoptions", new JsonObject
        {
            ["instances"] = new JsonArray(
                Instance("shop-line", gateway.Tenant.Id),
                Instance("nobody", gateway.Tenant.Id),
                Instance("second", "no-such-tenant"),
                Instance("with blank", gateway.Tenant.Id),
                Instance("second", gateway.Tenant.Id, "shop-line")),
        });
        Assert.Equal(
            ["adopted", "instance_missing", "tenant_not_found", "invalid_session_id", "session_exists"],
            first.Expect(200).Data.Select(static d => d!["outcome"]!.GetValue<string>()));
        var second = await admin.Post($"/admin/gateways/{gateway.Id}/adoptions", new JsonObject
        {
            ["instances"] = new JsonArray(Instance("shop-line", other.Id), Instance("with blank", other.Id, "blank")),
        });
        Assert.Equal(["owned_by_another", "adopted"], second.Expect(200).Data.Select(static d => d!["outcome"]!.GetValue<string>()));
        Assert.DoesNotContain((await other.Client.Get("/sessions")).Data, static s => s!["sessionId"]!.GetValue<string>() == "shop-line");

        var listed = (await admin.Get($"/admin/gateways/{gateway.Id}/instances")).Expect(200).Data
            .ToDictionary(static i => i!["instanceName"]!.GetValue<string>(), static i => i!["tenantId"]?.GetValue<string>(), StringComparer.Ordinal);
        Assert.Equal((gateway.Tenant.Id, other.Id, null), (listed["shop-line"], listed["with blank"], listed["second"]));
        (await admin.Delete($"/admin/gateways/{gateway.Id}")).Expect(409, "gateway_in_use");
    }

    [Fact]
    public async Task The_addresses_of_instances_are_shown_as_they_are_but_for_what_opens_them()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (token, masked) = (gateway.WebhookToken, $"****{gateway.WebhookToken[^4..]}");
        (string Url, string Shown)[] addresses =
        [
            ($"{_parley.Address}webhooks/evolution/{token}", $"{_parley.Address}webhooks/evolution/{masked}"),
            ($"http://127.0.0.1:9/webhooks/evolution/{token}", $"http://127.0.0.1:9/webhooks/evolution/{masked}"),
            ($"http://127.0.0.1:9/webhooks/evolution/{token}/", $"http://127.0.0.1:9/webhooks/evolution/{masked}/"),
            ($"http://127.0.0.1:9/p/webhooks/evolution/{token}/messages-upsert", $"http://127.0.0.1:9/p/webhooks/evolution/{masked}/messages-upsert"),
            ($"http://127.0.0.1:9/webhooks/evolution/{token}?x=1", $"http://127.0.0.1:9/webhooks/evolution/{masked}"),
            ($"http://user:pass@127.0.0.1:9/{token}%2Fa/{token}#b", $"http://127.0.0.1:9/{masked}%2Fa/{masked}"),
            ($"http://127.0.0.1:9/elsewhere?token={token}", "http://127.0.0.1:9/elsewhere"),
        ];
        for (var i = 0; i < addresses.Length; i++)
        {
            await gateway.Simulated.Pair($"line-{i}", TestGateway.NewPhone(), new WebhookRow { Url = addresses[i].Url, Events = [] });
        }

        using var admin = _parley.Admin();
        var listed = (await admin.Get($"/admin/gateways/{gateway.Id}/instances")).Expect(200);
        Assert.DoesNotContain(token, listed.Body, StringComparison.Ordinal);
        Assert.Equal(
            addresses.Select(static a => a.Shown),
            listed.Data.OrderBy(static i => i!["instanceName"]!.GetValue<string>(), StringComparer.Ordinal).Select(static i => i!["webhookUrl"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_adoption_that_the_gateway_refuses_changes_nothing()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var line = await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone(), $"{_parley.Address}former");
        gateway.Simulated.Faults.Next("webhook/find", RestFault.Answer(500) with { Times = 10 });
        Assert.Equal("gateway_failed", (await Adopt(gateway, "shop-line", "shop-1", setWebhook: true))["outcome"]!.GetValue<string>());
        Assert.Equal($"{_parley.Address}former", line.Webhook!.Url);
        (await gateway.Tenant.Client.Get("/sessions/shop-1")).Expect(404);
    }

    /// <summary>To connect is the natural next step: it must not take the place of what makes the instance post here.</summary>
    [Fact]
    public async Task A_line_that_is_connected_at_once_posts_here()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var line = await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone(), $"{_parley.Address}former");
        await line.Connection.LogOutOnPhone();
        gateway.Simulated.Faults.Next("webhook/set", RestFault.Answer(500) with { Times = 2 });
        await Adopt(gateway, "shop-line", "shop-1", setWebhook: true);
        await gateway.Tenant.Client.Post("/sessions/shop-1/connect");

        await Poll.Until(
            () => Task.FromResult(line.Webhook!.Url.Contains("/webhooks/evolution/", StringComparison.Ordinal)), () => $"the webhook, instead of {line.Webhook!.Url}");
    }

    [Fact]
    public async Task An_instance_that_is_being_detached_is_not_adopted_under_another_id()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var line = await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone(), $"{_parley.Address}former");
        await Adopt(gateway, "shop-line", "shop-1", setWebhook: true);
        await Poll.Until(() => Task.FromResult(line.Webhook!.Url.Contains("/webhooks/evolution/", StringComparison.Ordinal)), "the webhook");
        gateway.Simulated.Faults.Next("webhook/set", RestFault.Answer(500) with { Times = 1000 });
        (await gateway.Tenant.Client.Delete("/sessions/shop-1")).Expect(204);
        Assert.Equal("session_exists", (await Adopt(gateway, "shop-line", "shop-2", setWebhook: true))["outcome"]!.GetValue<string>());
        gateway.Simulated.Faults.Heal();

        // Once it is as it was found it can be, and then is left so again.
        await Poll.Until(() => Task.FromResult(line.Webhook!.Url == $"{_parley.Address}former"), "the former webhook is back");
        await Poll.Until(
            async () => (await Adopt(gateway, "shop-line", "shop-2", setWebhook: true))["outcome"]!.GetValue<string>() == "adopted", "it is adopted");
        await Poll.Until(() => Task.FromResult(line.Webhook!.Url.Contains("/webhooks/evolution/", StringComparison.Ordinal)), "the webhook");
        line.Phone.Write(gateway.Simulated.WhatsApp.AddPerson("5511987650002", "Ana"), "hello");
        await Poll.Until(async () => (await gateway.Tenant.Client.Get("/messages?sessionId=shop-2")).Data.Count == 1, "the message");
        (await gateway.Tenant.Client.Delete("/sessions/shop-2")).Expect(204);
        await Poll.Until(() => Task.FromResult(line.Webhook!.Url == $"{_parley.Address}former"), "the former webhook is back once more");
    }

    /// <summary>Whose id that is: another line's messages and states are not taken for its own.</summary>
    [Fact]
    public async Task An_unknown_instance_that_is_called_like_another_ones_session_is_kept_apart()
    {
        await using var gateway = await TestGateway.Start(_parley);
        await gateway.Simulated.Pair("shop-line", TestGateway.NewPhone(), $"{_parley.Address}former");
        await Adopt(gateway, "shop-line", "shop-1", setWebhook: true);
        var stranger = Webhook.Text("5511987650002", "of another line");
        stranger["instance"] = "shop-1";

        Assert.Equal(1, (await gateway.Tenant.Webhook(stranger)).Expect(200).Number("quarantined"));
        Assert.Empty((await gateway.Tenant.Client.Get("/messages")).Data);
        Assert.Equal("taken_instance", Assert.Single((await gateway.Tenant.Client.Get("/quarantine")).Data)!["code"]!.GetValue<string>());
    }

    private async Task<JsonNode> Adopt(TestGateway gateway, string instanceName, string? sessionId, bool setWebhook, DateTimeOffset? historySince = null)
    {
        using var admin = _parley.Admin();
        var answer = await admin.Post($"/admin/gateways/{gateway.Id}/adoptions", new JsonObject
        {
            ["instances"] = new JsonArray(new JsonObject
            {
                ["instanceName"] = instanceName,
                ["tenantId"] = gateway.Tenant.Id,
                ["sessionId"] = sessionId,
            }),
            ["setWebhook"] = setWebhook,
            ["historySince"] = historySince,
        });
        return Assert.Single(answer.Expect(200).Data)!;
    }
}
