using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>Events are posted to subscribers that fail in every way.</summary>
public sealed class WebhooksOutTests(SharedProcess shared)
{
    private const string Peer = "5511987650002";
    private const string Other = "5511987650003";
    private const string Third = "5511987650004";

    private static readonly JsonNode Created = new JsonArray("message.created");
    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task An_event_is_posted_signed_with_the_data_of_everywhere()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client, Only());
        await tenant.Accept(Webhook.Text(Peer, "olá, 👋"));
        await receiver.Until(1);

        var hook = Assert.Single(receiver.Hooks);
        Assert.Null(hook.Problem);
        Assert.Equal(["type", "timestamp", "data"], hook.Json.Select(static p => p.Key));
        Assert.Equal("message.created", hook.Type);
        var message = (await tenant.Client.Get($"/messages/{hook.Message!["id"]}")).Expect(200);
        Assert.True(JsonNode.DeepEquals(message.Json, hook.Message), $"{message.Body}\n{hook.Body}");
        Assert.StartsWith("application/json", hook.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.StartsWith("Parley", hook.Headers["User-Agent"], StringComparison.Ordinal);

        var delivery = await Delivered(tenant.Client, endpoint, hook.Id);
        Assert.Equal(("message.created", tenant.Id), (delivery["type"]!.GetValue<string>(), delivery["tenantId"]!.GetValue<string>()));
        Assert.Equal(204, Assert.Single(delivery["attempts"]!.AsArray())!["statusCode"]!.GetValue<int>());
    }

    [Fact]
    public async Task An_endpoint_gets_what_it_asks_for_from_its_making_on_and_history_only_when_asked()
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "before"));

        // In a cluster it stands in the log a moment after it was kept.
        await Poll.Until(
            async () => (await tenant.Client.Get("/events?after=0&types=message.created", ("Accept", "application/json"))).Json["data"]!.AsArray().Count == 1,
            "it is in the log");
        using var plain = HookReceiver.Start();
        using var keen = HookReceiver.Start();
        await plain.Register(tenant.Client, Only());
        await keen.Register(tenant.Client, new JsonObject { ["types"] = Created.DeepClone(), ["origin"] = new JsonArray("history") });
        var old = Webhook.Text(Peer, "old");
        await tenant.Accept(Webhook.Envelope("messages.set", new JsonArray(old["data"]!.DeepClone())));
        await tenant.Accept(Webhook.Text(Peer, "new"));
        await plain.Until(1);
        await keen.Until(1);

        Assert.Equal("new", Assert.Single(plain.Hooks).Text);
        Assert.Equal("old", Assert.Single(keen.Hooks).Text);
    }

    [Fact]
    public async Task What_fails_is_tried_again_with_the_same_id_and_holds_up_its_own_conversation_only()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client, Only());
        var bad = true;
        receiver.Answers = h => new HookAnswer(bad && h.Text == "a1" ? 500 : 204);
        await tenant.Accept(Webhook.Text(Peer, "a1"));
        await tenant.Accept(Webhook.Text(Peer, "a2"));
        await tenant.Accept(Webhook.Text(Other, "b1"));
        await tenant.Accept(Webhook.Text(Third, "c1"));
        await receiver.Until(2);
        Assert.Equal(["b1", "c1"], receiver.Taken.Select(static h => h.Text!).Order());
        Assert.DoesNotContain(receiver.Hooks, static h => h.Text == "a2");

        await Poll.Until(() => Task.FromResult(receiver.Hooks.Any(static h => h.Text == "a1")), "it is tried");
        bad = false;
        await receiver.Until(4);
        Assert.Equal(["a1", "a2"], receiver.Taken.Skip(2).Select(static h => h.Text));
        var tries = receiver.Hooks.Where(static h => h.Text == "a1").ToList();
        Assert.True(tries.Count > 1);
        Assert.Single(tries.Select(static h => h.Id).Distinct());
        Assert.All(receiver.Hooks, static h => Assert.Null(h.Problem));
        var delivery = await Delivered(tenant.Client, endpoint, tries[0].Id);
        Assert.Equal(tries.Count, delivery["attempts"]!.AsArray().Count);
        Assert.Equal((500, "http_status"), (delivery["attempts"]![0]!["statusCode"]!.GetValue<int>(), delivery["attempts"]![0]!["error"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_endpoint_that_is_down_pauses_and_its_first_success_brings_everything_in_order()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client, Only());
        var down = true;
        receiver.Answers = _ => new HookAnswer(down ? 503 : 204);
        string[] peers = [.. Enumerable.Range(0, 6).Select(static i => $"551198766{i.ToString("D4", CultureInfo.InvariantCulture)}")];
        foreach (var n in Enumerable.Range(0, 30))
        {
            await tenant.Accept(Webhook.Text(peers[n % peers.Length], $"{n % peers.Length}-{n / peers.Length}"));
        }

        await Status(tenant.Client, endpoint, "paused");
        Assert.Equal("failing", (await tenant.Client.Get(endpoint)).Text("statusReason"));
        await Settled(receiver);
        var tried = receiver.Hooks.Count;
        await Poll.Until(() => Task.FromResult(receiver.Hooks.Count >= tried + 6), "the paused endpoint is tried by the schedule", TimeSpan.FromMinutes(1));
        Assert.Single(receiver.Hooks.Skip(tried).GroupBy(static h => h.Id), static tries => tries.Count() > 1);
        await Poll.Until(
            async () => (await tenant.Client.Get(endpoint)).Json["nextAttemptAt"]!.GetValue<DateTimeOffset>() > DateTimeOffset.UtcNow,
            "it tells when it is tried next");

        down = false;
        await receiver.Until(30);
        await Status(tenant.Client, endpoint, "enabled");
        foreach (var peer in receiver.Taken.GroupBy(static h => h.Text!.Split('-')[0]))
        {
            Assert.Equal(["0", "1", "2", "3", "4"], peer.Select(static h => h.Text!.Split('-')[1]));
        }

        Assert.Equal(30, receiver.Taken.Select(static h => h.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_paused_endpoint_that_its_owner_enables_resumes_at_once()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client, Only());

        // It asks for more time than the test takes.
        receiver.Answers = static _ => new HookAnswer(429, [("Retry-After", "600")]);
        foreach (var peer in (string[])[Peer, Other, Third])
        {
            await tenant.Accept(Webhook.Text(peer, peer));
        }

        await Poll.Until(() => Task.FromResult(receiver.Hooks.Count >= 1), "it is tried");
        await Poll.Until(
            async () => (await tenant.Client.Get(endpoint)).Json["nextAttemptAt"] is { } at && at.GetValue<DateTimeOffset>() > DateTimeOffset.UtcNow.AddMinutes(8),
            "it is left alone for ten minutes");
        receiver.Answers = static _ => new HookAnswer(204);
        (await Patch(tenant.Client, endpoint, new JsonObject { ["status"] = "disabled" })).Expect(200);
        await Status(tenant.Client, endpoint, "disabled");
        (await Patch(tenant.Client, endpoint, new JsonObject { ["status"] = "enabled" })).Expect(200);
        await receiver.Until(3);
    }

    [Fact]
    public async Task An_endpoint_that_asks_for_time_gets_it()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        await receiver.Register(tenant.Client, Only());
        var first = DateTime.MinValue;
        receiver.Answers = _ =>
        {
            if (first == DateTime.MinValue)
            {
                first = DateTime.UtcNow;
                return new HookAnswer(429, [("Retry-After", "3")]);
            }

            return new HookAnswer(204);
        };
        await tenant.Accept(Webhook.Text(Peer, "one"));
        await Poll.Until(() => Task.FromResult(receiver.Hooks.Count >= 1), "it is tried");
        await tenant.Accept(Webhook.Text(Other, "another"));
        await receiver.Until(2);
        Assert.True(DateTime.UtcNow - first > TimeSpan.FromSeconds(2.5), "It came too soon.");
        Assert.Equal(3, receiver.Hooks.Count);
    }

    [Fact]
    public async Task Gone_disables_at_once_and_is_told_to_the_others()
    {
        var tenant = await _parley.NewTenant();
        using var gone = HookReceiver.Start();
        using var other = HookReceiver.Start();
        var endpoint = await gone.Register(tenant.Client, Only());
        await other.Register(tenant.Client, new JsonObject { ["types"] = new JsonArray("webhook_endpoint.disabled") });
        gone.Answers = static _ => new HookAnswer(410);
        await tenant.Accept(Webhook.Text(Peer, "one"));
        await Status(tenant.Client, endpoint, "disabled");
        Assert.Equal("gone", (await tenant.Client.Get(endpoint)).Text("statusReason"));
        await other.Until(1);
        Assert.Equal(endpoint.Split('/')[^1], other.Hooks[0].Json["data"]!["endpointId"]!.GetValue<string>());

        await tenant.Accept(Webhook.Text(Other, "two"));
        (await tenant.Client.Post($"{endpoint}/replay", new JsonObject { ["since"] = "2026-01-01T00:00:00Z" })).Expect(409, "webhook_endpoint_disabled");
        Assert.Single(gone.Hooks);
        gone.Answers = static _ => new HookAnswer(204);
        (await Patch(tenant.Client, endpoint, new JsonObject { ["status"] = "enabled" })).Expect(200);
        await gone.Until(2);
        Assert.Equal(["one", "two"], gone.Taken.Select(static h => h.Text!).Order());
    }

    [Fact]
    public async Task What_is_no_longer_wanted_is_no_longer_pending()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client, Only());
        receiver.Answers = static _ => new HookAnswer(500);
        await tenant.Accept(Webhook.Text(Peer, "one"));
        await Poll.Until(async () => (await tenant.Client.Get($"{endpoint}/deliveries?status=pending")).Data.Count == 1, "it is pending");
        (await Patch(tenant.Client, endpoint, new JsonObject { ["types"] = new JsonArray("conversation.read") })).Expect(200);
        await Poll.Until(async () => (await tenant.Client.Get($"{endpoint}/deliveries?status=failed")).Data.Count == 1, "it is given up");
        Assert.Null((await tenant.Client.Get($"{endpoint}/deliveries")).Data[0]!["nextAttemptAt"]);

        // By itself it can be sent all the same.
        receiver.Answers = static _ => new HookAnswer(204);
        var id = (await tenant.Client.Get($"{endpoint}/deliveries")).Data[0]!["deliveryId"]!.GetValue<string>();
        (await tenant.Client.Post($"{endpoint}/deliveries/{id}/replay")).Expect(202);
        await receiver.Until(1);
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_is_not_followed()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        using var inside = HookReceiver.Start("127.0.0.1");
        var endpoint = await receiver.Register(tenant.Client, Only());
        receiver.Answers = _ => new HookAnswer(307, [("Location", inside.Url)]);
        await tenant.Accept(Webhook.Text(Peer, "one"));
        await Poll.Until(() => Task.FromResult(receiver.Hooks.Count >= 2), "it is tried again");
        Assert.Empty(inside.Hooks);
        await Poll.Until(
            async () => (await tenant.Client.Get($"{endpoint}/deliveries")).Data is [{ } row] && row["attempts"]!.AsArray().Count > 0, "its row");
        var attempt = (await tenant.Client.Get($"{endpoint}/deliveries")).Data[0]!["attempts"]![0]!;
        Assert.Equal((307, "redirect"), (attempt["statusCode"]!.GetValue<int>(), attempt["error"]!.GetValue<string>()));
        (await tenant.Client.Delete(endpoint)).Expect(204);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_holds_up_one_conversation_and_no_other_endpoint()
    {
        var tenant = await _parley.NewTenant();
        using var slow = HookReceiver.Start();
        using var quick = HookReceiver.Start();
        var endpoint = await slow.Register(tenant.Client, Only());
        await quick.Register(tenant.Client, Only());
        var never = new TaskCompletionSource();
        slow.Answers = h => new HookAnswer(204, After: h.Text == "stuck" ? never.Task : null);
        await tenant.Accept(Webhook.Text(Peer, "stuck"));
        await tenant.Accept(Webhook.Text(Peer, "behind"));
        await tenant.Accept(Webhook.Text(Other, "free"));
        await quick.Until(3);
        await slow.Until(1, static h => h.Text == "free");
        Assert.DoesNotContain(slow.Hooks, static h => h.Text == "behind");
        await Poll.Until(
            async () => (await tenant.Client.Get($"{endpoint}/deliveries?status=pending")).Data is [{ } row]
                && row["attempts"]!.AsArray() is [{ } attempt, ..] && attempt["error"]!.GetValue<string>() == "timeout",
            "the time is over");
        never.SetResult();
        slow.Answers = static _ => new HookAnswer(204);
        await slow.Until(1, static h => h.Text == "behind");
    }

    [Fact]
    public async Task Conversations_go_side_by_side_and_each_in_order()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        await receiver.Register(tenant.Client, Only());
        receiver.Answers = static _ => new HookAnswer(204, After: Task.Delay(Random.Shared.Next(30)));
        foreach (var n in Enumerable.Range(0, 120))
        {
            await tenant.Accept(Webhook.Text($"5511987670{(n % 12).ToString("D3", CultureInfo.InvariantCulture)}", $"{n % 12}-{n / 12}"));
        }

        await receiver.Until(120);
        Assert.True(receiver.MostAtOnce > 1, "They went one after another.");
        foreach (var peer in receiver.Hooks.GroupBy(static h => h.Text!.Split('-')[0]))
        {
            Assert.Equal(Enumerable.Range(0, 10), peer.Select(static h => int.Parse(h.Text!.Split('-')[1], CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task A_secret_is_replaced_while_the_old_one_still_signs()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client, Only());
        var old = receiver.Secret;
        var fresh = (await tenant.Client.Post($"{endpoint}/rotate-secret")).Expect(200).Text("secret");
        Assert.NotEqual(old, fresh);
        Assert.InRange(Convert.FromBase64String(fresh["whsec_".Length..]).Length, 24, 64);
        await tenant.Accept(Webhook.Text(Peer, "by the old one"));
        await receiver.Until(1);
        receiver.Secret = fresh;
        await tenant.Accept(Webhook.Text(Peer, "by the new one"));
        await receiver.Until(2);
        Assert.All(receiver.Hooks, static h => Assert.Null(h.Problem));
        Assert.Equal(2, receiver.Hooks[1].Headers["webhook-signature"].Split(' ').Length);
        Assert.DoesNotContain("whsec_", (await tenant.Client.Get(endpoint)).Expect(200).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", (await tenant.Client.Get("/webhook-endpoints")).Expect(200).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_tells_what_came_back()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client, Only());
        var answer = (await tenant.Client.Post($"{endpoint}/test")).Expect(200);
        Assert.Equal((true, 204), (answer.Json["delivered"]!.GetValue<bool>(), answer.Number("statusCode")));
        Assert.Equal("webhook.test", Assert.Single(receiver.Hooks).Type);
        Assert.Null(receiver.Hooks[0].Problem);
        Assert.DoesNotContain("traceparent", receiver.Hooks[0].Headers.Keys, StringComparer.OrdinalIgnoreCase);

        receiver.Answers = static _ => new HookAnswer(500);
        answer = (await tenant.Client.Post($"{endpoint}/test")).Expect(200);
        Assert.Equal((false, 500, "http_status"), (answer.Json["delivered"]!.GetValue<bool>(), answer.Number("statusCode"), answer.Text("error")));
        receiver.Dispose();
        answer = (await tenant.Client.Post($"{endpoint}/test")).Expect(200);
        Assert.Equal("connection_failed", answer.Text("error"));
        Assert.Equal("enabled", (await tenant.Client.Get(endpoint)).Text("status"));
    }

    [Fact]
    public async Task A_delivery_is_posted_again_under_its_id_with_the_content_as_it_now_is()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client, Only());
        await tenant.Accept(Webhook.Text(Peer, "a secret"));
        await receiver.Until(1);
        var first = receiver.Hooks[0];
        var id = (await Delivered(tenant.Client, endpoint, first.Id))["deliveryId"]!.GetValue<string>();
        (await tenant.Client.Delete($"/conversations/{Uri.EscapeDataString(first.Message!["conversationId"]!.GetValue<string>())}")).Expect(204);
        (await tenant.Client.Post($"{endpoint}/deliveries/{id}/replay")).Expect(202);
        await receiver.Until(2);

        var again = receiver.Hooks[1];
        Assert.Equal(first.Id, again.Id);
        Assert.Null(again.Problem);
        Assert.DoesNotContain("a secret", again.Body, StringComparison.Ordinal);
        var rows = new JsonArray();
        await Poll.Until(
            async () => (rows = (await tenant.Client.Get($"{endpoint}/deliveries")).Data) is [{ } row]
                && row["attempts"]!.AsArray().Count(static a => a!["statusCode"]?.GetValue<int>() == 204) == 2,
            () => $"both attempts in one row; it has {receiver.Hooks.Count} hooks and {rows.ToJsonString()}");
        await Poll.Until(async () => (await tenant.Client.Get(endpoint)).Number("pendingReplays") == 0, "the replay is done");
        (await tenant.Client.Post($"{endpoint}/deliveries/{Guid.NewGuid()}/replay")).Expect(404, "delivery_not_found");
    }

    [Fact]
    public async Task A_cursor_of_one_endpoints_deliveries_is_none_of_anothers()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var (one, other) = (await receiver.Register(tenant.Client, Only()), await receiver.Register(tenant.Client, Only()));
        receiver.Secret = null;
        await tenant.Accept(Webhook.Text(Peer, "first"));
        await tenant.Accept(Webhook.Text(Peer, "second"));
        string? cursor = null;
        await Poll.Until(
            async () => (cursor = (await tenant.Client.Get($"{one}/deliveries?limit=1")).Expect(200).NextCursor) is not null, "two deliveries");

        (await tenant.Client.Get($"{one}/deliveries?limit=1&cursor={cursor}")).Expect(200);
        (await tenant.Client.Get($"{other}/deliveries?limit=1&cursor={cursor}")).Expect(400, "bad_cursor");
    }

    [Fact]
    public async Task A_time_is_posted_again_in_order()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(tenant.Client, Only());
        var since = DateTimeOffset.UtcNow.AddSeconds(-1);
        foreach (var n in Enumerable.Range(0, 12))
        {
            await tenant.Accept(Webhook.Text(n % 2 == 0 ? Peer : Other, n.ToString(CultureInfo.InvariantCulture)));
        }

        await receiver.Until(12);
        var accepted = (await tenant.Client.Post($"{endpoint}/replay", new JsonObject { ["since"] = since.ToString("O") })).Expect(202);
        Assert.True(accepted.Number("events") >= 12);
        await receiver.Until(24);
        var again = receiver.Hooks.Skip(12).ToList();
        Assert.Equal(receiver.Hooks.Take(12).Select(static h => h.Id).Order(), again.Select(static h => h.Id).Order());
        foreach (var rest in (int[])[0, 1])
        {
            var numbers = again.Select(static h => int.Parse(h.Text!, CultureInfo.InvariantCulture)).Where(n => n % 2 == rest).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }

        (await tenant.Client.Post($"{endpoint}/replay", new JsonObject { ["since"] = "2026-02-01T00:00:00Z", ["until"] = "2026-01-01T00:00:00Z" }))
            .Expect(400, "invalid_request");
    }

    [Fact]
    public async Task A_conversation_that_is_deleted_before_its_events_come_has_no_content()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        await receiver.Register(tenant.Client, Only());
        var down = true;
        receiver.Answers = _ => new HookAnswer(down ? 500 : 204);
        await tenant.Accept(Webhook.Text(Peer, "first"));
        await tenant.Accept(Webhook.Text(Peer, "never to be seen"));
        await Poll.Until(() => Task.FromResult(receiver.Hooks.Count >= 1), "it is tried");
        var conversation = (await tenant.Client.Get("/conversations")).Data[0]!["conversationId"]!.GetValue<string>();
        (await tenant.Client.Delete($"/conversations/{Uri.EscapeDataString(conversation)}")).Expect(204);
        down = false;
        await receiver.Until(2);
        Assert.DoesNotContain(receiver.Hooks, static h => h.Body.Contains("never to be seen", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_administrators_endpoint_gets_the_events_of_all_tenants_and_names_them()
    {
        var (one, other) = (await _parley.NewTenant(), await _parley.NewTenant());
        using var admin = _parley.Admin();
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(admin, Only(), "/admin");
        await one.Accept(Webhook.Text(Peer, "of one"));
        await other.Accept(Webhook.Text(Peer, "of the other"));
        bool Ours(Hook h) => h.Json["tenantId"]!.GetValue<string>() is { } id && (id == one.Id || id == other.Id);
        await receiver.Until(2, Ours);
        Assert.Equal(
            [(one.Id, "of one"), (other.Id, "of the other")],
            receiver.Taken.Where(Ours).Select(static h => (h.Json["tenantId"]!.GetValue<string>(), h.Text!)).OrderBy(static h => h.Item2));
        Assert.All(receiver.Hooks, static h => Assert.Null(h.Problem));
        (await one.Client.Get("/webhook-endpoints")).Expect(200);
        Assert.Empty((await one.Client.Get("/webhook-endpoints")).Data);
        (await one.Client.Get($"/webhook-endpoints/{endpoint.Split('/')[^1]}")).Expect(404, "webhook_endpoint_not_found");

        var row = await Delivered(admin, endpoint, receiver.Taken.First(h => h.Text == "of one").Id);
        (await admin.Post($"{endpoint}/deliveries/{row["deliveryId"]}/replay")).Expect(202);
        await receiver.Until(2, static h => h.Text == "of one");
        (await admin.Delete(endpoint)).Expect(204);
    }

    [Fact]
    public async Task Endpoints_are_made_listed_changed_and_deleted_by_their_owner_only()
    {
        var (owner, stranger) = (await _parley.NewTenant(), await _parley.NewTenant());
        using var receiver = HookReceiver.Start();
        var endpoint = await receiver.Register(owner.Client, new JsonObject { ["description"] = "the shop's" });
        Assert.Matches("^/webhook-endpoints/ep_[0-9a-f]{32}$", endpoint);
        Assert.Equal("the shop's", (await owner.Client.Get("/webhook-endpoints")).Expect(200).Data.Single()!["description"]!.GetValue<string>());
        foreach (var call in (Func<Task<Answer>>[])
            [
                () => stranger.Client.Get(endpoint), () => Patch(stranger.Client, endpoint, new JsonObject { ["description"] = "mine" }),
                () => stranger.Client.Delete(endpoint), () => stranger.Client.Post($"{endpoint}/test"), () => stranger.Client.Get($"{endpoint}/deliveries"),
                () => stranger.Client.Post($"{endpoint}/rotate-secret"),
            ])
        {
            (await call()).Expect(404, "webhook_endpoint_not_found");
        }

        var changed = (await Patch(owner.Client, endpoint, new JsonObject { ["types"] = new JsonArray("conversation.read") })).Expect(200);
        Assert.Equal(["conversation.read"], changed.Json["types"]!.AsArray().Select(static t => t!.GetValue<string>()));
        await owner.Accept(Webhook.Text(Peer, "unwanted"));
        (await owner.Client.Post($"/conversations/{Webhook.Line}/{Peer}/read", new JsonObject { ["sequence"] = 1 })).Expect(200);
        await receiver.Until(1);
        Assert.Equal("conversation.read", Assert.Single(receiver.Hooks).Type);

        (await Patch(owner.Client, endpoint, new JsonObject { ["status"] = "paused" })).Expect(400, "invalid_request");
        (await owner.Client.Post("/webhook-endpoints", new JsonObject { ["url"] = receiver.Url, ["types"] = new JsonArray("message.unknown") }))
            .Expect(400, "invalid_request");
        (await owner.Client.Delete(endpoint)).Expect(204);
        (await owner.Client.Delete(endpoint)).Expect(404);
        for (var i = 0; i < 20; i++)
        {
            (await owner.Client.Post("/webhook-endpoints", new JsonObject { ["url"] = receiver.Url, ["types"] = new JsonArray("session.deleted") })).Expect(201);
        }

        (await owner.Client.Post("/webhook-endpoints", new JsonObject { ["url"] = receiver.Url })).Expect(409, "too_many_webhook_endpoints");
        using var admin = _parley.Admin();
        (await admin.Delete($"/admin/tenants/{owner.Id}")).Expect(204);
    }

    [Fact]
    public async Task An_endpoint_of_a_deleted_tenant_gets_nothing_any_more()
    {
        var tenant = await _parley.NewTenant();
        using var receiver = HookReceiver.Start();
        var down = true;
        receiver.Answers = _ => new HookAnswer(down ? 500 : 204);
        await receiver.Register(tenant.Client, Only());
        await tenant.Accept(Webhook.Text(Peer, "one"));
        await Poll.Until(() => Task.FromResult(receiver.Hooks.Count >= 1), "it is tried");
        using var admin = _parley.Admin();
        (await admin.Delete($"/admin/tenants/{tenant.Id}")).Expect(204);
        var tried = receiver.Hooks.Count;
        down = false;

        // The schedule of the tests would have tried it several times by then.
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.True(receiver.Hooks.Count <= tried + 1);
    }

    internal static Task<Answer> Patch(ParleyClient client, string path, JsonObject body) =>
        client.Send(HttpMethod.Patch, path, ParleyClient.Text(body.ToJsonString()));

    private static JsonObject Only() => new() { ["types"] = Created.DeepClone() };

    private static Task Status(ParleyClient client, string endpoint, string status) =>
        Poll.Until(async () => (await client.Get(endpoint)).Expect(200).Text("status") == status, $"it is {status}");

    /// <summary>Waits until what was under way when it was paused is answered.</summary>
    private static async Task Settled(HookReceiver receiver)
    {
        var (before, since) = (-1, DateTime.UtcNow);
        await Poll.Until(
            () =>
            {
                if (receiver.Hooks.Select(static h => h.Id).Distinct().Count() is var now && now != before)
                {
                    (before, since) = (now, DateTime.UtcNow);
                }

                return Task.FromResult(DateTime.UtcNow - since > TimeSpan.FromSeconds(1));
            },
            "nothing further is tried");
    }

    private static async Task<JsonNode> Delivered(ParleyClient client, string endpoint, string eventId)
    {
        JsonNode? row = null;
        await Poll.Until(
            async () => (row = (await client.Get($"{endpoint}/deliveries?status=delivered&limit=200")).Expect(200).Data
                .FirstOrDefault(r => r!["eventId"]!.GetValue<string>() == eventId)) is not null,
            $"the delivery of {eventId}");
        return row!;
    }
}
