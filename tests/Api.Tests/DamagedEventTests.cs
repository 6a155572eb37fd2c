using System.Text.Json.Nodes;
using SQLitePCL;

namespace Parley.Api.Tests;

/// <summary>Rows that cannot be read: those behind them are told all the same, in every way, and that something is missing is told, too.</summary>
public sealed class DamagedEventTests
{
    private const string Ana = "5511987650002";
    private const string Bia = "5511987650003";
    private const string Unreadable = "event.unreadable";

    private const string DamageMessage = "UPDATE message SET body = '#' || body WHERE hex(id) = {0}";
    private const string MendMessage = "UPDATE message SET body = substr(body, 2) WHERE hex(id) = {0}";

    static DamagedEventTests() => Batteries_V2.Init();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_damaged_row_holds_up_no_reader()
    {
        using var directory = new TemporaryDirectory();
        using var receiver = HookReceiver.Start();
        string[] settings = ["--Parley:AllowedPrivateNetworks:0", $"{MediaServer.Host}/32", .. HookReceiver.Schedule];
        TestTenant tenant;
        string endpoint;
        string broken;
        List<JsonNode> log;
        await using (var parley = await ParleyProcess.Start(directory.Path, settings))
        {
            await EventSchemas.Load(parley);
            tenant = await parley.NewTenant();
            endpoint = await receiver.Register(tenant.Client, new JsonObject { ["types"] = new JsonArray("message.created", "conversation.read") });
            foreach (var n in Enumerable.Range(1, 7))
            {
                await tenant.Accept(Webhook.Text(Ana, $"a{n}", id: $"A{n}"));
            }

            await tenant.Accept(Webhook.Text(Bia, "b1"));
            await receiver.Until(8);
            broken = (await tenant.Client.Post("/webhook-endpoints", new JsonObject { ["url"] = receiver.Url })).Expect(201).Text("endpointId");
            log = await Log(tenant.Client);
            await parley.Stop();
        }

        var places = log.Where(static e => e["type"]!.GetValue<string>() == "message.created")
            .ToDictionary(static e => e["data"]!["message"]!["text"]!.GetValue<string>(), static e => e["position"]!.GetValue<long>());
        var gone = log.Single(e => e["position"]!.GetValue<long>() == places["a6"])["data"]!["message"]!["id"]!.GetValue<string>();
        const string Row = "UPDATE event SET facts = {0} WHERE place & 0xFFFFFFFFFF = {1}";
        Change(directory.Path, Row, "'what was this?'", places["a1"]);
        Change(directory.Path, Row, "substr(facts, 1, instr(facts, '\"at\"') + 4)", places["a2"]);
        Change(directory.Path, Row, """json_set(facts, '$.origin', 'by_pigeon')""", places["a3"]);
        Change(directory.Path, Row, "json_remove(facts, '$.messageId')", places["a4"]);
        Change(directory.Path, Row, "json_set(facts, '$.type', 'a' || char(10) || 'b', '$.at', 99999999999999999)", places["a5"]);
        Change(directory.Path, DamageMessage, Hex(gone));

        Change(directory.Path, "UPDATE endpoint SET body = {0} WHERE id = {1}", "'{'", $"'{broken}'");

        await using var later = await ParleyProcess.Start(directory.Path, settings);
        tenant = tenant with { Client = later.With(tenant.ApiKey) };
        await using var all = await EventReader.Open(later, later.Admin() is var admin ? ParleyProcess.AdminKey : null, "/admin/events", "0");
        await using var reader = await EventReader.Open(later, tenant.ApiKey, lastEventId: "0");
        await tenant.Accept(Webhook.Text(Bia, "b2"));
        foreach (var stream in (EventReader[])[reader, all])
        {
            var frames = new List<Frame>();
            do
            {
                frames.Add(await stream.NextEvent());
            }
            while (!frames[^1].Data!.Contains("\"b2\"", StringComparison.Ordinal));

            // Nothing is missing, and each damaged one stands in its place.
            Assert.Equal(Enumerable.Range(1, log.Count + 1).Select(static n => (long)n), frames.Select(static f => f.Position));
            Assert.Equal(
                log.Select(e => e["position"]!.GetValue<long>() is var p && p >= places["a1"] && p <= places["a5"] && places.ContainsValue(p)
                    ? Unreadable
                    : e["type"]!.GetValue<string>()),
                frames.Take(log.Count).Select(static f => f.Event));
            Frame Of(string text) => frames.Single(f => f.Position == places[text]);
            Assert.Equal((null, null, new string('0', 20)), (Text(Of("a1"), "type"), Text(Of("a1"), "messageId"), Of("a1").Text("sequence")));
            Assert.Equal("message.created", Text(Of("a2"), "type"));
            Assert.Equal("message.created", Text(Of("a3"), "type"));
            Assert.Equal(Sequence(log, places["a3"]), Of("a3").Text("sequence"));
            Assert.NotNull(Text(Of("a3"), "messageId"));
            Assert.Equal(("message.created", null), (Text(Of("a4"), "type"), Text(Of("a4"), "messageId")));
            Assert.Null(Text(Of("a5"), "type"));
            Assert.All((string[])["a1", "a2", "a3", "a4", "a5"], text => Assert.Equal(log[0]["tenantid"]!.ToString(), Of(text).Text("tenantid")));
            var message = Of("a6").Content["message"]!;
            Assert.Equal((gone, true, null), (message["id"]!.GetValue<string>(), message["unreadable"]!.GetValue<bool>(), message["text"]?.ToString()));
            Assert.Equal("a7", Of("a7").Content["message"]!["text"]!.GetValue<string>());
        }

        // As a list it is the same.
        Assert.Equal(log.Count + 1, (await Log(tenant.Client)).Count);

        await IsShownAmongTheOthers(tenant.Client, gone);

        // An endpoint that asks for messages gets those that may have been some, and goes on; another one that cannot be read holds up itself.
        await receiver.Until(9);
        Assert.Equal("b2", receiver.Taken[^1].Text);
        const int taken = 9;
        (await tenant.Client.Post($"{endpoint}/replay", new JsonObject { ["since"] = DateTimeOffset.UtcNow.AddMinutes(-5).ToString("O") })).Expect(202);
        await receiver.Until(taken + 9);
        var again = receiver.Taken.Skip(taken).ToList();
        Assert.Contains(again, static h => h.Text == "a7");
        Assert.Contains(again, static h => h.Text == "b2");
        Assert.Equal(5, again.Where(static h => h.Type == Unreadable).DistinctBy(static h => h.Id).Count());
        Assert.All(again, static h => Assert.Null(h.Problem));
        Assert.Equal("enabled", (await tenant.Client.Get(endpoint)).Expect(200).Text("status"));

        // What may have been anything is told whatever was asked for, what was surely something else is not.
        var reads = (await tenant.Client.Get("/events?types=conversation.read&limit=200", ("Accept", "application/json"))).Expect(200).Data;
        Assert.Equal([places["a1"], places["a5"]], reads.Select(static e => e!["position"]!.GetValue<long>()));

        Assert.Contains("cannot be shown: its row is damaged", later.Output, StringComparison.Ordinal);
        Assert.Contains(gone, later.Output, StringComparison.Ordinal);
        var metrics = (await admin.Get("/metrics")).Expect(200).Body;
        Assert.Matches("parley_api_events_unreadable_total\\{[^}]*what=\"row\"[^}]*\\} [1-9]", metrics);
        Assert.Matches("parley_api_events_unreadable_total\\{[^}]*what=\"message\"[^}]*\\} [1-9]", metrics);
        Assert.Matches("parley_api_messages_unreadable_total(\\{[^}]*\\})? [1-9]", metrics);

        await HoldsUpNoDelivery(tenant, gone, directory.Path);
    }

    /// <summary>What comes again is known, what would change it waits with its whole content, and nothing beside it has to.</summary>
    private static async Task HoldsUpNoDelivery(TestTenant tenant, string gone, string dataDirectory)
    {
        var again = Webhook.Text(Ana, "a6", id: "A6");
        again["data"] = new JsonArray(again["data"]!.DeepClone(), Webhook.Text(Ana, "a8")["data"]!.DeepClone());
        var answer = (await tenant.Accept(again)).Json;
        Assert.Equal((1, 1), (answer["accepted"]!.GetValue<int>(), answer["ignored"]!.GetValue<int>()));
        await tenant.Accept(Webhook.Reaction(Ana, "A6", "👍"));
        await tenant.Accept(Webhook.Text(Ana, "a9"));

        var conversation = (await tenant.Client.Get($"/messages/{gone}")).Expect(200).Text("conversationId");
        var messages = (await tenant.Client.Get($"/conversations/{conversation}/messages?order=asc")).Expect(200).Data;
        Assert.Equal(["a1", "a2", "a3", "a4", "a5", null, "a7", "a8", "a9"], messages.Select(static m => m!["text"]?.GetValue<string>()));

        // Somebody mends the row: what waited finds it when it is next told of.
        Change(dataDirectory, MendMessage, Hex(gone));
        await tenant.Accept(Webhook.Text(Ana, "a6", id: "A6"));
        var mended = (await tenant.Client.Get($"/messages/{gone}")).Expect(200).Json;
        Assert.Equal(("a6", "👍"), (Text(mended, "text"), Text(Assert.Single(mended["reactions"]!.AsArray())!, "emoji")));

        // A damaged row goes with its conversation.
        Change(dataDirectory, DamageMessage, Hex(gone));
        (await tenant.Client.Delete($"/conversations/{conversation}")).Expect(204);
        await Poll.Until(() => Task.FromResult(Count(dataDirectory, "SELECT count(*) FROM message WHERE body IS NOT NULL") == 2), "only Bia's two are left");
    }

    /// <summary>A message that cannot be read is in its place in every list, and nothing can be done to it.</summary>
    private static async Task IsShownAmongTheOthers(ParleyClient client, string gone)
    {
        var conversation = (await client.Get($"/messages/{gone}")).Expect(200).Text("conversationId");
        var messages = (await client.Get($"/conversations/{conversation}/messages?order=asc")).Expect(200).Data;
        Assert.Equal(["a1", "a2", "a3", "a4", "a5", null, "a7"], messages.Select(static m => m!["text"]?.GetValue<string>()));
        Assert.Equal(
            ("unavailable", "unreadable", "in", Ana),
            (Text(messages[5]!, "type"), Text(messages[5]!, "rawType"), Text(messages[5]!, "direction"), Text(messages[5]!, "from")));
        var all = (await client.Get("/messages")).Expect(200).Data;
        Assert.Equal(9, all.Count);
        Assert.True(JsonNode.DeepEquals(messages[5], all.Single(m => Text(m!, "id") == gone)));
        Assert.Equal(2, (await client.Get("/conversations")).Expect(200).Data.Count);
        (await client.Send(HttpMethod.Put, $"/messages/{gone}/reaction", ParleyClient.Text("""{"emoji":"👍"}"""))).Expect(409, "not_changeable");
        (await client.Get($"/messages/{gone}/media")).Expect(404, "no_media");
    }

    private static string? Text(JsonNode node, string property) => node[property]?.GetValue<string>();

    private static string? Text(Frame frame, string property) => frame.Content[property]?.GetValue<string>();

    private static string Sequence(List<JsonNode> log, long position) =>
        log.Single(e => e["position"]!.GetValue<long>() == position)["sequence"]!.GetValue<string>();

    private static async Task<List<JsonNode>> Log(ParleyClient client) =>
        [.. (await client.Get("/events?limit=200", ("Accept", "application/json"))).Expect(200).Data.Select(static e => e!)];

    private static string Hex(string id) => $"'{id.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant()}'";

    /// <summary>Writes one row of the file.</summary>
    private static void Change(string dataDirectory, string sql, params object[] values)
    {
        using var database = Open(dataDirectory);
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, values);
        Assert.True(raw.sqlite3_exec(database, text) == raw.SQLITE_OK, $"{text}: {raw.sqlite3_errmsg(database).utf8_to_string()}");
        Assert.Equal(1, raw.sqlite3_changes(database));
    }

    private static long Count(string dataDirectory, string sql)
    {
        using var database = Open(dataDirectory);
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_prepare_v2(database, sql, out var statement));
        using (statement)
        {
            Assert.Equal(raw.SQLITE_ROW, raw.sqlite3_step(statement));
            return raw.sqlite3_column_int64(statement, 0);
        }
    }

    private static sqlite3 Open(string dataDirectory)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(Path.Combine(dataDirectory, "parley.db"), out var database));
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_busy_timeout(database, 5_000));
        return database;
    }
}
