using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Faults;

namespace Parley.Api.Tests;

public sealed class SessionLifeTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("2.2.3")]
    [InlineData("1.8.2")]
    public async Task A_session_is_created_paired_used_logged_out_and_deleted(string version)
    {
        await using var gateway = await TestGateway.Start(_parley, version);

        // Longer than nodes remember that a token was good.
        gateway.Simulated.Options.DeletesAfter = TimeSpan.FromSeconds(version == "2.2.3" ? 4 : 0);
        var (tenant, phone) = (gateway.Tenant, TestGateway.NewPhone());
        var made = (await tenant.Client.Post("/sessions", new JsonObject
        {
            ["sessionId"] = "shop-1",
            ["gatewayId"] = gateway.Id,
            ["settings"] = new JsonObject { ["sendsPerMinute"] = 30, ["receipts"] = true },
            ["metadata"] = new JsonObject { ["shop"] = "centre" },
        })).Expect(201);
        Assert.Equal("/sessions/shop-1", made.Header("Location"));
        Assert.Equal("open", made.Text("desiredStatus"));
        Assert.Equal(30, made.Json["settings"]!["sendsPerMinute"]!.GetValue<int>());
        Assert.Equal("centre", made.Json["metadata"]!["shop"]!.GetValue<string>());
        Assert.Matches("^p-[a-z2-7]{22}$", made.Text("instanceName"));

        // The code, as JSON and as a picture; nobody keeps a copy.
        var qr = await tenant.Qr("shop-1");
        Assert.Equal("no-store", qr.Header("Cache-Control"));
        Assert.StartsWith("2@simulated", qr.Text("code"), StringComparison.Ordinal);
        var picture = (await tenant.Client.Get("/sessions/shop-1/qr", ("Accept", "image/png"))).Expect(200);
        Assert.Equal("image/png", picture.Header("Content-Type"));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture.Bytes[..4]);
        await tenant.UntilAttention("shop-1", "scan_qr");

        var instance = await gateway.InstanceOf("shop-1");
        await instance.Connection.Scan(phone);
        var open = await tenant.Until("shop-1", "open");
        Assert.Equal(phone, open.Text("phoneNumber"));
        Assert.Null(open.Json["needsAttention"]);
        (await tenant.Client.Get("/sessions/shop-1/qr")).Expect(409, "already_connected");
        Assert.Equal("open", (await tenant.Client.Post("/sessions/shop-1/connect")).Expect(200).Text("status"));

        // What comes in comes by the session's own address.
        var ana = gateway.Simulated.WhatsApp.AddPerson("5511987650002", "Ana");
        instance.Phone.Write(ana, "hello");
        await Poll.Until(async () => (await tenant.Client.Get("/messages?sessionId=shop-1")).Expect(200).Data.Count == 1, "the message");
        Assert.Equal("hello", (await tenant.Client.Get("/messages?sessionId=shop-1")).Data[0]!["text"]!.GetValue<string>());

        // Asked for by the tenant: nobody must do anything about it.
        (await tenant.Client.Post("/sessions/shop-1/logout")).Expect(202);
        var closed = await tenant.Until("shop-1", "close");
        Assert.Null(closed.Json["needsAttention"]);
        Assert.Equal("close", closed.Text("desiredStatus"));
        Assert.Equal("close", instance.Connection.State);

        (await tenant.Client.Post("/sessions/shop-1/connect")).Expect(200);
        await tenant.Qr("shop-1");
        await instance.Connection.Scan(phone);
        await tenant.Until("shop-1", "open");

        (await tenant.Client.Delete("/sessions/shop-1")).Expect(204);
        (await tenant.Client.Get("/sessions/shop-1")).Expect(404, "session_not_found");
        (await tenant.Client.Delete("/sessions/shop-1")).Expect(404, "session_not_found");
        var listed = (await tenant.Client.Get("/sessions")).Expect(200);
        Assert.Empty(listed.Data);
        Assert.Equal(0, listed.Json["pagination"]!["total"]!.GetValue<int>());
        await Poll.Until(() => Task.FromResult(gateway.Simulated.Instances.Find(instance.Name) is null), "the instance is deleted");

        // What it posts until then is taken: 2.2 would repeat it for five minutes, and be there as long.
        Assert.All(gateway.Simulated.Webhooks.Posted, static webhook => Assert.All(webhook.Answers, static status => Assert.Equal(200, status)));
        Assert.Single((await tenant.Client.Get("/messages?sessionId=shop-1")).Expect(200).Data);
        (await tenant.Client.Post("/sessions", gateway.NewSession("shop-1"))).Expect(409, "session_exists");
    }

    [Fact]
    public async Task No_answer_tells_a_secret()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        var url = instance.Webhook!.Url;
        var token = url[(url.LastIndexOf('/') + 1)..];
        var header = instance.Webhook.Headers!["X-Parley-Secret"]!.GetValue<string>();
        using var admin = _parley.Admin();
        var bodies = new[]
        {
            await gateway.Tenant.Client.Get("/sessions/shop-1"),
            await gateway.Tenant.Client.Get("/sessions"),
            await gateway.Tenant.Client.Get("/sessions/shop-1/transitions"),
            await admin.Get($"/admin/sessions?tenantId={gateway.Tenant.Id}"),
            await admin.Get("/admin/gateways"),
            await admin.Get($"/admin/gateways/{gateway.Id}"),
            await admin.Get($"/admin/gateways/{gateway.Id}/instances"),
            await admin.Get($"/admin/tenants/{gateway.Tenant.Id}"),
        };
        Assert.All(bodies, body =>
        {
            body.Expect(200);
            Assert.All(
                [token, header, instance.Token, gateway.Simulated.ApiKey, gateway.WebhookToken],
                secret => Assert.DoesNotContain(secret, body.Body, StringComparison.Ordinal));
        });
        Assert.EndsWith($"****{token[^4..]}", bodies[0].Json["webhook"]!["url"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain(token, _parley.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(header, _parley.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(instance.Token, _parley.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sessions_address_serves_its_own_instance_and_needs_its_secret()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        var path = new Uri(instance.Webhook!.Url).AbsolutePath;
        var header = ("X-Parley-Secret", instance.Webhook.Headers!["X-Parley-Secret"]!.GetValue<string>());
        using var nobody = _parley.With(null);
        var own = Webhook.Text("5511987650002", "hello");
        own["instance"] = instance.Name;
        (await nobody.Post(path, own.DeepClone())).Expect(401, "unknown_token");
        (await nobody.Post(path, own.DeepClone(), ("X-Parley-Secret", "wrong"))).Expect(401, "unknown_token");
        Assert.Equal(1, (await nobody.Post(path, own.DeepClone(), header)).Expect(200).Number("accepted"));

        var other = Webhook.Text("5511987650002", "not mine");
        other["instance"] = "another-line";
        Assert.Equal(1, (await nobody.Post(path, other, header)).Expect(200).Number("quarantined"));
        Assert.Equal("wrong_instance", Assert.Single((await gateway.Tenant.Client.Get("/quarantine")).Data)!["code"]!.GetValue<string>());
        Assert.Single((await gateway.Tenant.Client.Get("/sessions")).Data);

        // Nor may another tenant speak of an instance that was made here.
        var stranger = await _parley.NewTenant();
        var foreign = Webhook.Text("5511987650002", "mine?");
        foreign["instance"] = instance.Name;
        Assert.Equal(1, (await stranger.Accept(foreign)).Number("quarantined"));
        Assert.Empty((await stranger.Client.Get("/sessions")).Data);
    }

    [Fact]
    public async Task Of_many_creates_at_once_one_is_made()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => gateway.Tenant.Client.Post("/sessions", gateway.NewSession("shop-1"))));

        Assert.Single(answers, static a => a.Status == 201);
        Assert.All(answers.Where(static a => a.Status != 201), static a => a.Expect(409, "session_exists"));
        await gateway.Tenant.Qr("shop-1");
        Assert.Single(gateway.Simulated.Instances.All);
    }

    [Fact]
    public async Task A_kept_instance_no_longer_posts_here()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        (await gateway.Tenant.Client.Delete("/sessions/shop-1?instance=keep")).Expect(204);

        await Poll.Until(() => Task.FromResult(!instance.Webhook!.Enabled), "its webhook is off");
        Assert.Equal("open", instance.Connection.State);
        Assert.NotNull(gateway.Simulated.Instances.Find(instance.Name));
    }

    [Fact]
    public async Task With_a_number_a_pairing_code_comes()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        (await gateway.Tenant.Client.Post("/sessions/shop-1/logout")).Expect(202);
        await gateway.Tenant.Until("shop-1", "close");

        var connected = (await gateway.Tenant.Client.Post("/sessions/shop-1/connect", new JsonObject { ["phoneNumber"] = "+55 11 98765-0001" })).Expect(200);
        Assert.Equal(instance.Connection.LastQr!.PairingCode, connected.Text("pairingCode"));
        Assert.Equal("connecting", connected.Text("status"));
        Assert.NotNull(connected.Json["expiresAt"]);
    }

    /// <summary>While it shows a QR code, as each new session does, a gateway does not look at the number it is asked for.</summary>
    [Theory]
    [InlineData("2.3.7", 0)]
    [InlineData("1.8.2", 0)]
    [InlineData("2.3.7", 3)]
    public async Task With_a_number_a_pairing_code_comes_where_a_QR_code_is_shown(string version, int secondsOfCreate)
    {
        await using var gateway = await TestGateway.Start(_parley, version);
        if (secondsOfCreate > 0)
        {
            // A gateway waits before it answers a create, and posts the first code meanwhile.
            gateway.Simulated.Faults.Next("instance/create", RestFault.Slow(TimeSpan.FromSeconds(secondsOfCreate)));
        }

        (await gateway.Tenant.Client.Post("/sessions", gateway.NewSession("shop-1"))).Expect(201);
        await gateway.Tenant.Qr("shop-1");
        var instance = await gateway.InstanceOf("shop-1");
        Assert.Null(instance.Connection.LastQr!.PairingCode);

        var connected = (await gateway.Tenant.Client.Post("/sessions/shop-1/connect", new JsonObject { ["phoneNumber"] = "5511987650001" })).Expect(200);
        Assert.NotNull(connected.Text("pairingCode"));
        Assert.Equal(instance.Connection.LastQr!.PairingCode, connected.Text("pairingCode"));
        await instance.Connection.Scan(TestGateway.NewPhone());
        Assert.Null((await gateway.Tenant.Until("shop-1", "open")).Json["needsAttention"]);
    }

    [Fact]
    public async Task A_device_that_is_removed_on_the_phone_needs_a_person()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        await instance.Connection.LogOutOnPhone();

        await gateway.Tenant.Until("shop-1", "close");
        await gateway.Tenant.UntilAttention("shop-1", "logged_out");
        Assert.Equal("open", (await gateway.Tenant.Client.Get("/sessions/shop-1")).Text("desiredStatus"));
        Assert.Contains(
            (await gateway.Tenant.Client.Get("/sessions?needsAttention=true")).Expect(200).Data, s => s!["sessionId"]!.GetValue<string>() == "shop-1");

        (await gateway.Tenant.Client.Post("/sessions/shop-1/connect")).Expect(200);
        await gateway.Tenant.Qr("shop-1");
        await instance.Connection.Scan(TestGateway.NewPhone());
        await gateway.Tenant.Until("shop-1", "open");
        await gateway.Tenant.UntilAttention("shop-1", null);
    }

    [Fact]
    public async Task A_restart_is_taken_and_the_line_comes_up_again()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        var before = (await Transitions())[^1].Number;
        (await gateway.Tenant.Client.Post("/sessions/shop-1/restart")).Expect(202);

        await Poll.Until(() => Task.FromResult(gateway.Simulated.Requests.Of("instance/restart").Count == 1), "the restart");

        // It was open before, and is so for a moment more.
        await Poll.Until(
            async () => (await Transitions()).Where(t => t.Number > before).SkipWhile(static t => t.To != "connecting").Any(static t => t.To == "open"),
            "it is open again");
        await gateway.Tenant.Until("shop-1", "open");
        Assert.Equal("open", instance.Connection.State);

        async Task<List<(long Number, string To)>> Transitions() =>
            [.. (await gateway.Tenant.Client.Get("/sessions/shop-1/transitions")).Expect(200).Data
                .Select(static t => (t!["number"]!.GetValue<long>(), t["to"]!.GetValue<string>())).Order()];
    }

    /// <summary>A gateway does not restart what is closed, and says so in a success that tells nothing.</summary>
    [Theory]
    [InlineData("2.3.7")]
    [InlineData("1.8.2")]
    public async Task A_restart_of_a_closed_line_connects_it(string version)
    {
        await using var gateway = await TestGateway.Start(_parley, version);
        var (tenant, phone) = (gateway.Tenant, TestGateway.NewPhone());
        var instance = await gateway.OpenSession("shop-1", phone);
        (await tenant.Client.Post("/sessions/shop-1/logout")).Expect(202);
        await tenant.Until("shop-1", "close");

        (await tenant.Client.Post("/sessions/shop-1/restart")).Expect(202);
        await tenant.Qr("shop-1");
        await instance.Connection.Scan(phone);
        Assert.Null((await tenant.Until("shop-1", "open")).Json["needsAttention"]);
        Assert.Single(gateway.Simulated.Requests.Of("instance/restart"));
    }

    [Fact]
    public async Task A_create_that_the_gateway_did_without_saying_so_is_found()
    {
        await using var gateway = await TestGateway.Start(_parley);
        gateway.Simulated.Faults.Next("instance/create", RestFault.Truncate());
        (await gateway.Tenant.Client.Post("/sessions", gateway.NewSession("shop-1"))).Expect(201);

        await gateway.Tenant.Qr("shop-1");
        var instance = Assert.Single(gateway.Simulated.Instances.All);
        await instance.Connection.Scan(TestGateway.NewPhone());
        await gateway.Tenant.Until("shop-1", "open");
        Assert.Single(gateway.Simulated.Instances.All);
    }

    [Fact]
    public async Task A_create_waits_for_a_gateway_that_comes_back()
    {
        await using var gateway = await TestGateway.Start(_parley);
        (await gateway.Tenant.Client.Post("/sessions", gateway.NewSession("first"))).Expect(201);
        await gateway.Simulated.StopListening();
        (await gateway.Tenant.Client.Post("/sessions", gateway.NewSession("shop-1"))).Expect(201);
        await gateway.Simulated.ListenAgain();

        await gateway.Tenant.Qr("shop-1");
    }

    [Fact]
    public async Task Numbers_are_checked_in_their_order_and_presence_is_shown()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var instance = await gateway.OpenSession("shop-1");
        gateway.Simulated.WhatsApp.HasNoWhatsApp("5511900000404");
        var checks = (await gateway.Tenant.Client.Post("/sessions/shop-1/number-checks", new JsonObject
        {
            ["numbers"] = new JsonArray("5511900000404", "+55 11 98765-0002"),
        })).Expect(200).Data;
        Assert.Equal([false, true], checks.Select(static c => c!["exists"]!.GetValue<bool>()));
        Assert.Equal("+55 11 98765-0002", checks[1]!["number"]!.GetValue<string>());

        (await gateway.Tenant.Client.Post(
            "/sessions/shop-1/presence", new JsonObject { ["to"] = "5511987650002", ["state"] = "composing" })).Expect(204);
        (await gateway.Tenant.Client.Post("/sessions/shop-1/presence", new JsonObject { ["to"] = "5511987650002", ["state"] = "dancing" }))
            .Expect(400, "malformed_json");
        (await gateway.Tenant.Client.Post("/sessions/shop-1/presence", new JsonObject { ["to"] = "nobody", ["state"] = "paused" }))
            .Expect(400, "invalid_address");
        (await gateway.Tenant.Client.Post("/sessions/shop-1/number-checks", new JsonObject { ["numbers"] = new JsonArray("12") }))
            .Expect(400, "invalid_address");
        (await gateway.Tenant.Client.Post("/sessions/shop-1/number-checks", new JsonObject { ["numbers"] = new JsonArray() }))
            .Expect(400, "invalid_request");

        await instance.Connection.LogOutOnPhone();
        await gateway.Tenant.Until("shop-1", "close");
        (await gateway.Tenant.Client.Post("/sessions/shop-1/number-checks", new JsonObject { ["numbers"] = new JsonArray("5511987650002") }))
            .Expect(409, "session_not_open");
    }

    [Theory]
    [InlineData("""{"sessionId":"a/b"}""", 400, "invalid_request")]
    [InlineData("""{"sessionId":""}""", 400, "invalid_request")]
    [InlineData("""{"sessionId":".."}""", 400, "invalid_request")]
    [InlineData("""{"sessionId":"a\n"}""", 400, "invalid_request")]
    [InlineData("""{"sessionId":"ok","phoneNumber":"12"}""", 400, "invalid_address")]
    [InlineData("""{"sessionId":"ok","settings":{"sendsPerMinute":0}}""", 400, "invalid_request")]
    [InlineData("""{"sessionId":"ok","gatewayId":"nobody"}""", 404, "gateway_not_found")]
    [InlineData("""{"sessionId":5}""", 400, "malformed_json")]
    public async Task A_session_that_cannot_be_is_refused(string body, int status, string code)
    {
        var tenant = await _parley.NewTenant();
        (await tenant.Client.Send(HttpMethod.Post, "/sessions", ParleyClient.Text(body))).Expect(status, code);
    }

    [Fact]
    public async Task What_only_its_webhooks_tell_of_cannot_be_commanded()
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Text("5511987650002", "hello"));
        var path = $"/sessions/{Webhook.Instance}";
        (await tenant.Client.Post($"{path}/restart")).Expect(409, "session_not_run");
        (await tenant.Client.Post($"{path}/connect")).Expect(409, "session_not_run");
        (await tenant.Client.Post("/sessions/nobody/restart")).Expect(404, "session_not_found");
        (await tenant.Client.Delete(path)).Expect(204);
        (await tenant.Client.Get(path)).Expect(404, "session_not_found");
        await tenant.Accept(Webhook.Text("5511987650002", "again"));
        (await tenant.Client.Get(path)).Expect(404, "session_not_found");
    }

    [Fact]
    public async Task Settings_and_metadata_can_be_changed()
    {
        await using var gateway = await TestGateway.Start(_parley);
        (await gateway.Tenant.Client.Post("/sessions", gateway.NewSession("shop-1"))).Expect(201);
        var changed = (await gateway.Tenant.Client.Send(
            HttpMethod.Patch, "/sessions/shop-1", ParleyClient.Text("""{"settings":{"sendsPerMinute":7,"receipts":true},"metadata":{"a":"b"}}"""))).Expect(200);
        Assert.Equal(7, changed.Json["settings"]!["sendsPerMinute"]!.GetValue<int>());
        Assert.Equal("b", changed.Json["metadata"]!["a"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"settings":{}}""", 7, true)]
    [InlineData("""{"settings":null}""", 7, true)]
    [InlineData("""{"settings":{"receipts":false}}""", 7, false)]
    [InlineData("""{"settings":{"receipts":null}}""", 7, false)]
    [InlineData("""{"settings":{"sendsPerMinute":9}}""", 9, true)]
    [InlineData("""{"settings":{"sendsPerMinute":null}}""", null, true)]
    [InlineData("""{"settings":{"sendsPerMinute":null,"receipts":null}}""", null, false)]
    public async Task A_setting_that_is_left_out_stays_as_it_is(string change, int? sendsPerMinute, bool receipts)
    {
        await using var gateway = await TestGateway.Start(_parley);
        var session = gateway.NewSession("shop-1");
        session["settings"] = new JsonObject { ["sendsPerMinute"] = 7, ["receipts"] = true };
        (await gateway.Tenant.Client.Post("/sessions", session)).Expect(201);

        var changed = (await gateway.Tenant.Client.Send(HttpMethod.Patch, "/sessions/shop-1", ParleyClient.Text(change))).Expect(200);
        Assert.Equal(
            (sendsPerMinute, receipts),
            (changed.Json["settings"]!["sendsPerMinute"]?.GetValue<int>(), changed.Json["settings"]!["receipts"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Changes_of_two_settings_at_once_do_not_undo_each_other()
    {
        await using var gateway = await TestGateway.Start(_parley);
        (await gateway.Tenant.Client.Post("/sessions", gateway.NewSession("shop-1"))).Expect(201);
        for (var pace = 1; pace <= 40; pace++)
        {
            var receipts = pace % 2 == 0;
            await Task.WhenAll(
                Change(gateway.Tenant, new JsonObject { ["sendsPerMinute"] = pace }),
                Change(gateway.Tenant, new JsonObject { ["receipts"] = receipts }));

            var settings = (await gateway.Tenant.Client.Get("/sessions/shop-1")).Expect(200).Json["settings"]!;
            Assert.Equal((pace, receipts), (settings["sendsPerMinute"]!.GetValue<int>(), settings["receipts"]!.GetValue<bool>()));
        }
    }

    private static async Task Change(TestTenant tenant, JsonObject settings) => (await tenant.Client.Send(
        HttpMethod.Patch, "/sessions/shop-1", ParleyClient.Text(new JsonObject { ["settings"] = settings }.ToJsonString()))).Expect(200);
}
