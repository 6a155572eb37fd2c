using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>The log of events, as a stream and as a list.</summary>
public sealed class EventTests(SharedProcess shared) : IAsyncLifetime
{
    private const string Ana = "5511987650002";
    private const string Bia = "5511987650003";
    private const string Everything = "origin=live,sync,history";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ParleyProcess Parley => shared.Parley;

    public async ValueTask InitializeAsync() => await EventSchemas.Load(Parley);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_stream_is_written_as_HTML_says()
    {
        var tenant = await Parley.NewTenant();
        await tenant.Accept(Webhook.Text(Ana, "before"));
        var last = (await Log(tenant, 3))[^1];
        await using var reader = await EventReader.Open(Parley, tenant.ApiKey);
        Assert.Equal("text/event-stream", reader.Response.Content.Headers.ContentType?.ToString());
        Assert.True(reader.Response.Headers.CacheControl is { NoCache: true, NoStore: false });
        Assert.Equal(["no"], reader.Response.Headers.GetValues("X-Accel-Buffering"));
        Assert.Equal(["retry: 3000", $"id: {last["position"]}", "data:"], (await reader.NextFrame())!.Lines);

        await tenant.Accept(Webhook.Text(Ana, "líne\none"));
        Frame? frame;
        do
        {
            frame = await reader.NextFrame();
            Assert.NotNull(frame);
            Assert.True(frame.Event is not null || frame.Lines is [":"], string.Join('|', frame.Lines));
        }
        while (frame.Event is null);

        var e = frame.Json;
        Assert.Equal([$"id: {e["position"]}", "event: message.created", $"data: {frame.Data}"], frame.Lines);
        Assert.Equal(last["position"]!.GetValue<long>() + 1, frame.Position);
        Assert.Equal(
            ["specversion", "id", "source", "type", "subject", "time", "tenantid", "sequence", "position", "datacontenttype", "data"],
            e.AsObject().Select(static p => p.Key));
        Assert.Equal("1.0", frame.Text("specversion"));
        Assert.Equal($"evt_{tenant.Id}_{frame.Position}", frame.Text("id"));
        Assert.Equal($"/tenants/{tenant.Id}", frame.Text("source"));
        Assert.Equal(tenant.Id, frame.Text("tenantid"));
        Assert.Equal("application/json", frame.Text("datacontenttype"));
        Assert.Equal(3.ToString("D20", CultureInfo.InvariantCulture), frame.Text("sequence"));
        var message = frame.Content["message"]!;
        Assert.Equal("líne\none", message["text"]!.GetValue<string>());
        Assert.Equal(message["id"]!.GetValue<string>(), frame.Text("subject"));
        Assert.Equal(
            (await tenant.Client.Get($"/messages/{frame.Text("subject")}")).Expect(200).Json.ToJsonString(), message.ToJsonString());
    }

    [Fact]
    public async Task A_reader_that_breaks_off_at_random_sees_every_event_in_order()
    {
        var tenant = await Parley.NewTenant();
        const string Sentinel = "this is the last one";
        var random = new Random(20261129);
        var load = new Load(tenant, new SwitchedTarget(Parley.Address), posters: 4, seed: 11);
        var seen = new List<Frame>();
        var place = "0";
        var breaks = 0;
        load.Start();
        var ended = false;
        var loading = true;
        while (!ended)
        {
            var most = random.Next(1, 60);
            await using (var reader = await EventReader.Open(Parley, tenant.ApiKey, $"/events?{Everything}", place))
            {
                for (var n = 0; n < most && !ended; n++)
                {
                    seen.Add(await reader.NextEvent());
                    ended = seen[^1].Data!.Contains(Sentinel, StringComparison.Ordinal);
                }

                place = reader.LastId!;
            }

            breaks++;
            if (loading && load.Acknowledged > 300 && breaks > 10)
            {
                await load.End();
                await tenant.Accept(Webhook.Text(Ana, Sentinel));
                loading = false;
            }
        }

        Assert.True(breaks > 10);
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(static n => (long)n), seen.Select(static f => f.Position));
        var ofConversations = seen.Where(static f => !f.Event!.StartsWith("session.", StringComparison.Ordinal)).GroupBy(static f =>
            f.Content["conversationId"]?.GetValue<string>() ?? f.Content["message"]!["conversationId"]!.GetValue<string>());

        // Messages of one that was merged are shown where they are when they are read: with the numbers of where they were.
        var merged = seen.Where(static f => f.Event == "conversation.merged")
            .SelectMany(static f => (string[])[f.Content["from"]!.GetValue<string>(), f.Content["into"]!.GetValue<string>()])
            .ToHashSet(StringComparer.Ordinal);
        foreach (var conversation in ofConversations.Where(c => !merged.Contains(c.Key)))
        {
            Assert.Equal(
                Enumerable.Range(1, conversation.Count()).Select(static n => (long)n),
                conversation.Select(static f => long.Parse(f.Text("sequence"), CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task Filters_leave_out_what_was_not_asked_for_and_the_place_moves_on()
    {
        var tenant = await Parley.NewTenant();
        await tenant.Accept(Webhook.Text(Ana, "to Ana"));
        await tenant.Accept(Webhook.Text(Bia, "to Bia", instance: "shop-2"));
        var all = await Log(tenant, 6);
        var id = Conversation(all, Ana);

        await using (var reader = await EventReader.Open(Parley, tenant.ApiKey, "/events?types=message.created,conversation.read", "0"))
        {
            Assert.Equal(["to Ana", "to Bia"], [await Text(reader), await Text(reader)]);
        }

        await using (var reader = await EventReader.Open(Parley, tenant.ApiKey, "/events?sessionId=shop-2", "0"))
        {
            Assert.Equal("session.created", (await reader.NextEvent()).Event);
            Assert.Equal("conversation.created", (await reader.NextEvent()).Event);
            Assert.Equal("to Bia", await Text(reader));
        }

        await using (var reader = await EventReader.Open(Parley, tenant.ApiKey, $"/events?conversationId={Uri.EscapeDataString(id)}", "0"))
        {
            Assert.Equal("conversation.created", (await reader.NextEvent()).Event);
            Assert.Equal("to Ana", await Text(reader));

            // Nothing more is for this reader, but its place goes with the log.
            var last = all[^1]["position"]!.ToString();
            Frame? frame;
            do
            {
                frame = await reader.NextFrame();
                Assert.NotNull(frame);
                Assert.Null(frame.Event);
            }
            while (frame.Id != last);

            Assert.Equal("", frame.Data);
        }

        Assert.Equal(
            ["message.created"],
            (await Log(tenant, 1, $"types=message.created&conversationId={Uri.EscapeDataString(id)}")).Select(static e => e["type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task History_comes_only_to_those_who_ask()
    {
        var tenant = await Parley.NewTenant();
        await tenant.Accept(Webhook.Text(Ana, "now"));
        var old = Webhook.Text(Ana, "long ago", time: Webhook.NewTime() - 100_000)["data"]!.DeepClone();
        await tenant.Accept(Webhook.Envelope("messages.set", new JsonArray(old)));
        Assert.Equal(["now", "long ago"], Texts(await Log(tenant, 4, Everything)));
        Assert.Equal(["now"], Texts(await Log(tenant, 3)));
        Assert.Equal(["long ago"], Texts(await Log(tenant, 1, "origin=history&types=message.created")));
        await tenant.Accept(Webhook.Text(Ana, "and again"));
        await using var reader = await EventReader.Open(Parley, tenant.ApiKey, "/events?types=message.created", "0");
        Assert.Equal(["now", "and again"], [await Text(reader), await Text(reader)]);
        await using var curious = await EventReader.Open(Parley, tenant.ApiKey, $"/events?types=message.created&{Everything}", "0");
        Assert.Equal(["now", "long ago", "and again"], [await Text(curious), await Text(curious), await Text(curious)]);
    }

    [Theory]
    [InlineData("/events?types=message.created,message.sung", "types")]
    [InlineData("/events?types=", "types")]
    [InlineData("/events?origin=sometime", "origin")]
    [InlineData("/events?limit=0", "limit")]
    [InlineData("/events?limit=null&limit=null", "limit")]
    [InlineData("/events?lastEventId=7777777", "lastEventId")]
    [InlineData("/events?lastEventId=one", "lastEventId")]
    [InlineData("/events?lastEventId=-1", "lastEventId")]
    [InlineData("/events?lastEventId=1.2.3.4.5.6.7", "lastEventId")]
    public async Task What_cannot_be_is_refused(string path, string parameter)
    {
        var tenant = await Parley.NewTenant();
        var stream = (await tenant.Client.Get(path, ("Accept", "text/event-stream"))).Expect(400, "invalid_request");
        Assert.Equal(parameter, stream.Json["errors"]![0]!["parameter"]!.GetValue<string>());
        var list = await tenant.Client.Get(
            path.Replace("lastEventId", "after", StringComparison.Ordinal), ("Accept", "application/json"));
        list.Expect(400, "invalid_request");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("-0")]
    [InlineData("+1")]
    [InlineData("0x1")]
    [InlineData("1e3")]
    [InlineData("1,2")]
    [InlineData("1.1")]
    [InlineData("2147483648")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData("evt_acme_1")]
    public async Task A_header_that_is_no_place_of_this_log_is_refused_and_named(string place)
    {
        var tenant = await Parley.NewTenant();
        await tenant.Accept(Webhook.Text(Ana, "hello"));
        await Log(tenant, 3);
        var refused = (await tenant.Client.Get("/events", ("Accept", "text/event-stream"), ("Last-Event-ID", place))).Expect(400, "invalid_request");
        Assert.Equal("Last-Event-ID", refused.Json["errors"]![0]!["parameter"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_place_that_is_too_long_is_refused_as_the_document_says()
    {
        var tenant = await Parley.NewTenant();
        (await tenant.Client.Get($"/events?lastEventId={new string('1', 1025)}", ("Accept", "text/event-stream"))).Expect(400, "invalid_request");
        (await tenant.Client.Get($"/events?after={new string('1', 1025)}", ("Accept", "application/json"))).Expect(400, "invalid_request");
        (await tenant.Client.Get($"/events?ticket={new string('0', 2049)}", ("Accept", "text/event-stream"))).Expect(400, "invalid_request");
        Assert.Equal(414, (await tenant.Client.Get($"/events?after={new string('1', 40_000)}", ("Accept", "application/json"))).Status);
        using var nobody = Parley.With(null);
        var answers = (await nobody.Get("/openapi/v1.json")).Expect(200).Json["paths"]!["/events"]!["get"]!["responses"]!;
        Assert.NotNull(answers["414"]);
    }

    [Fact]
    public async Task A_place_of_another_tenants_log_that_this_one_has_not_reached_is_refused()
    {
        var (busy, quiet) = (await Parley.NewTenant(), await Parley.NewTenant());
        await busy.Accept(Webhook.Text(Ana, "hello"));
        var place = (await Log(busy, 3))[^1]["position"]!.ToString();
        (await quiet.Client.Get("/events", ("Accept", "text/event-stream"), ("Last-Event-ID", place))).Expect(400, "invalid_request");
        (await quiet.Client.Get($"/events?after={place}", ("Accept", "application/json"))).Expect(400, "invalid_request");

        // 0 is a place of every log, of an empty one, too.
        await using var none = await EventReader.Open(Parley, quiet.ApiKey, lastEventId: "0");
        Assert.Equal("0", (await none.NextFrame())!.Id);
        await quiet.Accept(Webhook.Text(Ana, "first"));
        Assert.Equal(1, (await none.NextEvent()).Position);
    }

    [Fact]
    public async Task The_header_counts_more_than_the_query()
    {
        var tenant = await Parley.NewTenant();
        await tenant.Accept(Webhook.Text(Ana, "hello"));
        await Log(tenant, 3);
        await using (var reader = await EventReader.Open(Parley, tenant.ApiKey, "/events?lastEventId=0", "2"))
        {
            Assert.Equal(3, (await reader.NextEvent()).Position);
        }

        await using var first = await EventReader.Open(Parley, tenant.ApiKey, "/events?lastEventId=0");
        Assert.Equal(1, (await first.NextEvent()).Position);
        (await tenant.Client.Get("/events?lastEventId=0", ("Last-Event-ID", "x"), ("Accept", "text/event-stream"))).Expect(400, "invalid_request");
    }

    [Fact]
    public async Task The_list_goes_on_where_it_ended()
    {
        var tenant = await Parley.NewTenant();
        for (var n = 0; n < 5; n++)
        {
            await tenant.Accept(Webhook.Text(Ana, $"text {n}"));
        }

        await Log(tenant, 7);
        var events = new List<JsonNode>();
        Answer page;
        var after = "0";
        do
        {
            page = (await tenant.Client.Get($"/events?limit=2&after={after}", ("Accept", "application/json"))).Expect(200);
            Assert.True(page.Data.Count <= 2);
            events.AddRange(page.Data.Select(static e => e!.DeepClone()));
            after = page.Json["pagination"]!["next"]!.GetValue<string>();
        }
        while (page.Json["pagination"]!["hasMore"]!.GetValue<bool>());

        events.ForEach(EventSchemas.Check);
        Assert.Equal(Enumerable.Range(1, 7).Select(static n => (long)n), events.Select(static e => e["position"]!.GetValue<long>()));
        Assert.Equal("7", after);
        Assert.Null(page.Json["reset"]);
        await using var reader = await EventReader.Open(Parley, tenant.ApiKey, lastEventId: after);
        await tenant.Accept(Webhook.Text(Ana, "next"));
        Assert.Equal(8, (await reader.NextEvent()).Position);
        (await tenant.Client.Get("/events?limit=0", ("Accept", "application/json"))).Expect(400, "invalid_request");
        (await tenant.Client.Get("/events?limit=201", ("Accept", "application/json"))).Expect(400, "invalid_request");
    }

    [Fact]
    public async Task What_was_deleted_before_it_was_told_has_no_content()
    {
        var tenant = await Parley.NewTenant();
        await tenant.Accept(Webhook.Text(Ana, "a secret"));
        var id = Conversation(await Log(tenant, 3), Ana);
        (await tenant.Client.Delete($"/conversations/{Uri.EscapeDataString(id)}")).Expect(204);
        await using var reader = await EventReader.Open(Parley, tenant.ApiKey, lastEventId: "0");
        var events = await reader.Until("conversation.deleted");
        Assert.DoesNotContain(events, static e => e.Data!.Contains("secret", StringComparison.Ordinal));
        var gone = events.Single(static e => e.Event == "message.created").Content["message"]!;
        Assert.Equal(["id", "conversationId", "sessionId", "sequence", "deleted"], gone.AsObject().Select(static p => p.Key));
        Assert.True(gone["deleted"]!.GetValue<bool>());
        Assert.Equal(id, gone["conversationId"]!.GetValue<string>());
        Assert.Equal(1, events[^1].Content["deletedUpTo"]!.GetValue<long>());
        Assert.DoesNotContain("secret", (await tenant.Client.Get("/events", ("Accept", "application/json"))).Body, StringComparison.Ordinal);

        // What comes afterwards is told as ever, and an edit shows the message as it now is.
        var external = Webhook.NewId();
        await tenant.Accept(Webhook.Text(Ana, "afterwards", external));
        Assert.Equal("afterwards", await Text(reader));
        await tenant.Accept(Webhook.Revoke(Ana, external));
        var revoked = await reader.NextEvent();
        Assert.Equal("message.deleted", revoked.Event);
        Assert.NotNull(revoked.Content["message"]!["deletedAt"]);
        Assert.DoesNotContain("afterwards", (await tenant.Client.Get("/events", ("Accept", "application/json"))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_status_tells_both()
    {
        var tenant = await Parley.NewTenant();
        var external = Webhook.NewId();
        await tenant.Accept(Webhook.Text(Ana, "out", external, fromMe: true));
        await using var reader = await EventReader.Open(Parley, tenant.ApiKey, "/events?types=message.status_changed");
        await reader.NextFrame();
        await tenant.Accept(Webhook.Receipt(Ana, external, "READ"));
        var e = (await reader.NextEvent()).Content;
        Assert.Equal(("sent", "read"), (e["previous"]!.GetValue<string>(), e["current"]!.GetValue<string>()));
        Assert.Equal("read", e["message"]!["status"]!.GetValue<string>());
        Assert.NotNull(e["at"]);
    }

    [Fact]
    public async Task A_lines_whole_life_is_told_and_never_its_qr_code()
    {
        await using var gateway = await TestGateway.Start(Parley);
        var tenant = gateway.Tenant;
        var line = await gateway.OpenSession("shop");
        line.Phone.Write(gateway.Simulated.WhatsApp.AddPerson(Ana, "Ana"), "hello");
        await Poll.Until(async () => (await tenant.Client.Get("/messages")).Data.Count == 1, "the message");
        var message = (await tenant.Client.Get("/messages")).Data[0]!;
        (await tenant.Client.Send(HttpMethod.Put, $"/messages/{message["id"]}/reaction", ParleyClient.Text("""{"emoji":"👍"}"""))).Expect(200);
        (await tenant.Client.Post($"/conversations/{message["conversationId"]}/read")).Expect(200);
        (await tenant.Client.Delete($"/conversations/{message["conversationId"]}")).Expect(204);
        await line.Connection.LogOutOnPhone();
        await Poll.Until(
            async () => (await tenant.Client.Get("/sessions/shop")).Expect(200).Json["needsAttention"] is not null, "a person must look after it");
        (await tenant.Client.Delete("/sessions/shop")).Expect(204);

        IReadOnlyList<JsonNode> log = [];
        await Poll.Until(
            async () => (log = [.. (await tenant.Client.Get("/events?limit=200", ("Accept", "application/json"))).Expect(200).Data.Select(static e => e!)])
                .Any(static e => e["type"]!.GetValue<string>() == "session.deleted"),
            "the end is told");
        Assert.All(log, EventSchemas.Check);
        string[] expected =
        [
            "conversation.created", "conversation.deleted", "conversation.read", "message.created", "message.reaction", "session.attention",
            "session.created", "session.deleted", "session.qr_updated", "session.status_changed",
        ];
        Assert.Empty(expected.Except(log.Select(static e => e["type"]!.GetValue<string>())));
        var code = log.First(static e => e["type"]!.GetValue<string>() == "session.qr_updated");
        Assert.NotNull(code["data"]!["expiresAt"]);
        Assert.All(log, static e => Assert.DoesNotContain("base64", e.ToJsonString(), StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(log, static e => e.ToJsonString().Contains("2@", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tenant_sees_its_own_events_only()
    {
        var (one, other) = (await Parley.NewTenant(), await Parley.NewTenant());
        await using var reader = await EventReader.Open(Parley, one.ApiKey, lastEventId: "0");
        await other.Accept(Webhook.Text(Ana, "not for you"));
        await one.Accept(Webhook.Text(Ana, "for you"));
        var events = await reader.Until("message.created");
        Assert.All(events, e => Assert.Equal(one.Id, e.Text("tenantid")));
        Assert.Equal("for you", events[^1].Content["message"]!["text"]!.GetValue<string>());

        await using var admin = await EventReader.Open(
            Parley, ParleyProcess.AdminKey, "/events", "0", ("Parley-Tenant", other.Id));
        Assert.All(await admin.Until("message.created"), e => Assert.Equal(other.Id, e.Text("tenantid")));
    }

    [Fact]
    public async Task The_administrator_follows_all_tenants_and_goes_on_where_he_was()
    {
        var (one, other) = (await Parley.NewTenant(), await Parley.NewTenant());
        string? place;
        await using (var reader = await EventReader.Open(Parley, ParleyProcess.AdminKey, "/admin/events?types=message.created"))
        {
            place = (await reader.NextFrame())!.Id;
        }

        await one.Accept(Webhook.Text(Ana, "of one"));
        await other.Accept(Webhook.Text(Ana, "of another"));
        await using (var reader = await EventReader.Open(Parley, ParleyProcess.AdminKey, "/admin/events?types=message.created", place))
        {
            var found = new Dictionary<string, string>(StringComparer.Ordinal);
            while (found.Count < 2)
            {
                // Other tests' tenants are told of, too.
                var e = await reader.NextEvent();
                if (e.Text("tenantid") == one.Id || e.Text("tenantid") == other.Id)
                {
                    found.Add(e.Text("tenantid"), e.Content["message"]!["text"]!.GetValue<string>());
                }
            }

            Assert.Equal(("of one", "of another"), (found[one.Id], found[other.Id]));
            place = reader.LastId;
        }

        await one.Accept(Webhook.Text(Ana, "later"));
        using var admin = Parley.Admin();
        var mine = new List<JsonNode>();
        await Poll.Until(
            async () =>
            {
                var page = (await admin.Get($"/admin/events?types=message.created&after={place}&limit=200", ("Accept", "application/json"))).Expect(200);
                mine.AddRange(page.Data.Where(e => e!["tenantid"]!.GetValue<string>() == one.Id).Select(static e => e!.DeepClone()));
                place = page.Json["pagination"]!["next"]!.GetValue<string>();
                return mine.Count > 0;
            },
            "the event in the list of all tenants");
        Assert.Equal(["later"], Texts(mine));
        (await admin.Get("/admin/events?lastEventId=x", ("Accept", "text/event-stream"))).Expect(400, "invalid_request");
    }

    [Fact]
    public async Task A_ticket_opens_the_stream_of_its_tenant_and_nothing_else()
    {
        var (one, other) = (await Parley.NewTenant(), await Parley.NewTenant());
        await one.Accept(Webhook.Text(Ana, "by ticket"));
        var made = (await one.Client.Post("/events/tickets")).Expect(201);
        var ticket = made.Text("ticket");
        Assert.InRange(DateTimeOffset.Parse(made.Text("expiresAt"), CultureInfo.InvariantCulture) - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6));
        await using (var reader = await EventReader.Open(Parley, null, $"/events?ticket={ticket}&lastEventId=0"))
        {
            Assert.All(await reader.Until("message.created"), e => Assert.Equal(one.Id, e.Text("tenantid")));
        }

        using var nobody = Parley.With(null);
        (await nobody.Get($"/messages?ticket={ticket}")).Expect(401, "unauthorized");
        (await nobody.Get($"/admin/events?ticket={ticket}")).Expect(401, "unauthorized");
        (await nobody.Post($"/events/tickets?ticket={ticket}")).Expect(401, "unauthorized");
        (await nobody.Get($"/events?ticket={ticket[..^2]}xx")).Expect(401, "unauthorized");
        (await nobody.Get("/events?ticket=CfDJ8AAAA")).Expect(401, "unauthorized");
        (await nobody.Get($"/events?ticket={ticket}", ("Parley-Tenant", other.Id), ("Accept", "application/json"))).Expect(404, "tenant_not_found");

        // A key beside it counts, not the ticket.
        (await nobody.Get($"/events?ticket={ticket}", ("X-Api-Key", "parley_x"))).Expect(401, "unauthorized");
        Assert.DoesNotContain(ticket, Parley.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_is_worth_what_its_key_is()
    {
        var tenant = await Parley.NewTenant();
        using var admin = Parley.Admin();
        var key = (await admin.Post($"/admin/tenants/{tenant.Id}/keys", new JsonObject { ["scopes"] = new JsonArray("read") })).Expect(201);
        using var reading = Parley.With(key.Text("apiKey"));
        var ticket = (await reading.Post("/events/tickets")).Expect(201).Text("ticket");
        using var nobody = Parley.With(null);
        (await nobody.Get($"/events?ticket={ticket}", ("Accept", "application/json"))).Expect(200);
        await using var reader = await EventReader.Open(Parley, null, $"/events?ticket={ticket}");
        await using var keyed = await EventReader.Open(Parley, key.Text("apiKey"));

        (await admin.Delete($"/admin/tenants/{tenant.Id}/keys/{key.Text("keyId")}")).Expect(204);
        await Poll.Until(
            async () => (await nobody.Get($"/events?ticket={ticket}", ("Accept", "application/json"))).Status == 401, "the end of the ticket");
        foreach (var open in (EventReader[])[reader, keyed])
        {
            while (await open.NextFrame() is { } frame)
            {
                Assert.Null(frame.Event);
            }
        }
    }

    [Fact]
    public async Task Sending_alone_reads_no_events()
    {
        var tenant = await Parley.NewTenant();
        using var admin = Parley.Admin();
        var key = (await admin.Post($"/admin/tenants/{tenant.Id}/keys", new JsonObject { ["scopes"] = new JsonArray("send") })).Expect(201);
        using var sending = Parley.With(key.Text("apiKey"));
        (await sending.Get("/events")).Expect(403, "insufficient_scope");
        (await sending.Post("/events/tickets")).Expect(403, "insufficient_scope");
    }

    [Fact]
    public async Task A_deleted_tenants_streams_end_and_its_messages_are_shown_to_nobody()
    {
        var tenant = await Parley.NewTenant();
        await using var reader = await EventReader.Open(Parley, tenant.ApiKey);
        await reader.NextFrame();
        await tenant.Accept(Webhook.Text(Ana, "a secret"));
        using var admin = Parley.Admin();
        (await admin.Delete($"/admin/tenants/{tenant.Id}")).Expect(204);
        while (await reader.NextFrame() is not null)
        {
        }

        await using var late = await EventReader.Open(Parley, ParleyProcess.AdminKey, "/admin/events", "0");
        Frame found;
        do
        {
            found = await late.NextEvent();
        }
        while (found.Event != "message.created" || found.Text("tenantid") != tenant.Id);
        Assert.True(found.Content["message"]!["deleted"]!.GetValue<bool>());
        Assert.DoesNotContain("secret", found.Data!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_type_has_a_schema_and_an_example_that_keeps_it()
    {
        var types = await EventSchemas.Load(Parley);
        using var nobody = Parley.With(null);
        var webhooks = (await nobody.Get("/openapi/v1.json")).Expect(200).Json["webhooks"]!.AsObject();
        Assert.Equal(types.Order(StringComparer.Ordinal), webhooks.Select(static w => w.Key).Order(StringComparer.Ordinal));
        Assert.Equal(20, types.Count);
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Path, "docs", "events.md"), Cancel);
        foreach (var (type, hook) in webhooks)
        {
            Assert.Contains($"`{type}`", guide, StringComparison.Ordinal);
            var example = hook!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!;
            Assert.Equal(type, example["type"]!.GetValue<string>());
            EventSchemas.Check(new JsonObject
            {
                ["specversion"] = "1.0",
                ["id"] = "evt_acme_1",
                ["source"] = "/tenants/acme",
                ["type"] = type,
                ["subject"] = "x",
                ["time"] = example["timestamp"]!.DeepClone(),
                ["tenantid"] = "acme",
                ["sequence"] = new string('0', 20),
                ["position"] = 1,
                ["datacontenttype"] = "application/json",
                ["data"] = example["data"]!.DeepClone(),
            });
        }

        (await nobody.Get("/schemas/events/message.sung")).Expect(404, "event_type_not_found");
    }

    [Fact]
    public async Task Pages_of_other_origins_are_kept_out_unless_they_are_named()
    {
        using var nobody = Parley.With(null);
        var answer = await nobody.Send(
            HttpMethod.Options, "/events", null, ("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET"));
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
    }

    private static string Conversation(IReadOnlyList<JsonNode> events, string peer) => events
        .Select(static e => e["data"]!["conversationId"]?.GetValue<string>())
        .First(id => id?.Contains(peer, StringComparison.Ordinal) == true)!;

    private static IEnumerable<string> Texts(IEnumerable<JsonNode> events) => events
        .Where(static e => e["type"]!.GetValue<string>() == "message.created")
        .Select(static e => e["data"]!["message"]!["text"]!.GetValue<string>());

    private static async Task<string> Text(EventReader reader) => (await reader.NextEvent()).Content["message"]!["text"]!.GetValue<string>();

    /// <summary>The whole log of a tenant, once it has so many events: in a cluster they get their places a moment after the answer.</summary>
    private static async Task<List<JsonNode>> Log(TestTenant tenant, int count, string query = "limit=200")
    {
        var events = new List<JsonNode>();
        await Poll.Until(
            async () =>
            {
                var page = (await tenant.Client.Get($"/events?{query}", ("Accept", "application/json"))).Expect(200);
                events = [.. page.Data.Select(static e => e!.DeepClone())];
                return events.Count >= count;
            },
            "every event that is due");
        Assert.Equal(count, events.Count);
        events.ForEach(EventSchemas.Check);
        return events;
    }
}
