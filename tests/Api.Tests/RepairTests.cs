using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Faults;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Webhooks;
using Parley.GatewaySimulator.Writing;

namespace Parley.Api.Tests;

/// <summary>What webhooks lost on the way is brought in from the gateway's own list; what it changes there is noted here.</summary>
public sealed class RepairTests(SharedProcess shared)
{
    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("1.8.2")]
    public async Task A_sync_brings_in_exactly_what_was_lost(string version)
    {
        await using var gateway = await TestGateway.Start(_parley, version);
        var (tenant, instance) = (gateway.Tenant, await gateway.OpenSession("shop"));
        var ana = gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        instance.Phone.Write(ana, "before");
        await Until(tenant, 1);

        gateway.Simulated.Webhooks.Next(new LoseWebhook("messages.upsert") { Times = 3 });
        instance.Phone.Write(ana, "lost 1");
        instance.Phone.Write(ana, "lost 2");
        instance.Phone.OwnerWrites(ana, "lost 3");
        await gateway.Simulated.Settle();
        instance.Phone.Write(ana, "after");
        await Until(tenant, 2);

        var begun = (await tenant.Client.Post("/sessions/shop/sync", new JsonObject())).Expect(202);
        var run = await Finished(tenant, begun.Header("Location")!);

        Assert.Equal("done", run.Text("status"));
        var messages = await Messages(tenant);
        var texts = messages.Select(static m => m["text"]!.GetValue<string>()).ToList();
        Assert.Equal(["before", "after"], texts[..2]);

        // The gateway's list has whole seconds and no order within one.
        Assert.Equal(["lost 1", "lost 2", "lost 3"], texts[2..].Order(StringComparer.Ordinal));
        Assert.Equal(["live", "live", "sync", "sync", "sync"], messages.Select(static m => m["origin"]!.GetValue<string>()));
        Assert.Equal(Enumerable.Range(1, 5).Select(static n => (long)n), messages.Select(static m => m["sequence"]!.GetValue<long>()));

        // Once more changes nothing.
        begun = (await tenant.Client.Post("/sessions/shop/sync", new JsonObject())).Expect(202);
        Assert.Equal(0, (await Finished(tenant, begun.Header("Location")!)).Number("added"));
        Assert.Equal(5, (await Messages(tenant)).Count);
    }

    [Fact]
    public async Task What_came_while_a_session_was_away_is_read_back_when_it_opens_again()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (tenant, instance) = (gateway.Tenant, await gateway.OpenSession("shop"));
        var ana = gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        gateway.Simulated.Webhooks.Next(new LoseWebhook("messages.upsert"));
        instance.Phone.Write(ana, "lost");
        await gateway.Simulated.Settle();
        Assert.Empty(await Conversations(tenant));

        await instance.Connection.Drop(428);

        await Until(tenant, 1);
    }

    [Fact]
    public async Task A_sync_of_a_gateway_that_is_down_says_so()
    {
        await using var gateway = await TestGateway.Start(_parley);
        await gateway.OpenSession("shop");
        await gateway.Simulated.StopListening();

        var begun = (await gateway.Tenant.Client.Post("/sessions/shop/sync", new JsonObject())).Expect(202);
        var run = await Finished(gateway.Tenant, begun.Header("Location")!);

        Assert.Equal("failed", run.Text("status"));
        Assert.NotEmpty(run.Text("error"));
    }

    [Fact]
    public async Task A_session_that_is_deleted_has_no_syncs()
    {
        await using var gateway = await TestGateway.Start(_parley);
        await gateway.OpenSession("shop");
        var begun = (await gateway.Tenant.Client.Post("/sessions/shop/sync", new JsonObject())).Expect(202);
        await Finished(gateway.Tenant, begun.Header("Location")!);
        (await gateway.Tenant.Client.Delete("/sessions/shop")).Expect(204);

        (await gateway.Tenant.Client.Get(begun.Header("Location")!)).Expect(404, "session_not_found");
        (await gateway.Tenant.Client.Post("/sessions/shop/sync", new JsonObject())).Expect(404, "session_not_found");
    }

    [Fact]
    public async Task A_message_that_is_quoted_and_was_lost_is_no_longer_missing_once_a_sync_has_brought_it()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (tenant, instance) = (gateway.Tenant, await gateway.OpenSession("shop"));
        var ana = gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        gateway.Simulated.Webhooks.Next(new LoseWebhook("messages.upsert"));
        var lost = instance.Phone.Write(ana, "lost");
        await gateway.Simulated.Settle();
        instance.Phone.Write(ana, "its answer", quotes: lost);
        await Until(tenant, 1);

        var begun = (await tenant.Client.Post("/sessions/shop/sync", new JsonObject())).Expect(202);
        await Finished(tenant, begun.Header("Location")!);

        await Until(tenant, 2);
        var conversation = (await tenant.Client.Get($"/conversations/{Id(await Conversations(tenant))}")).Expect(200);
        Assert.Empty(conversation.Json["suspectedMissing"]!.AsArray());
    }

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("1.8.2")]
    public async Task A_message_that_something_names_is_suspected_missing_until_it_comes(string version)
    {
        await using var gateway = await TestGateway.Start(_parley, version);
        var (tenant, instance) = (gateway.Tenant, await gateway.OpenSession("shop"));
        var (ana, ben) = (gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana"), gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ben"));
        const string quoted = "3EB0AAAAAAAAAAAAAAAA";
        const string reacted = "3EB0BBBBBBBBBBBBBBBB";
        const string edited = "3EB0CCCCCCCCCCCCCCCC";
        const string received = "3EB0DDDDDDDDDDDDDDDD";
        instance.Phone.Write(ben, "hello");
        instance.Phone.Write(ana, "an answer", quotes: quoted);
        instance.Phone.React(ana, reacted, "👍");
        instance.Phone.OwnerEdits(ana, edited, "as it should be");
        await instance.Phone.Raise("messages.update", version == "1.8.2"
            ? new JsonObject { ["id"] = received, ["remoteJid"] = ana.PhoneJid, ["fromMe"] = true, ["status"] = "READ" }
            : new JsonObject { ["keyId"] = received, ["remoteJid"] = ana.PhoneJid, ["fromMe"] = true, ["status"] = "READ" });
        await gateway.Simulated.Settle();
        await Poll.Until(async () => (await Suspected(tenant, ana)).Count == 4, "all four are suspected");

        // The gateway's list does not have them.
        var begun = (await tenant.Client.Post("/sessions/shop/sync", new JsonObject())).Expect(202);
        Assert.Equal("done", (await Finished(tenant, begun.Header("Location")!)).Text("status"));
        Assert.Equal([quoted, reacted, edited, received], (await Suspected(tenant, ana)).Order(StringComparer.Ordinal));
        Assert.Empty(await Suspected(tenant, ben));

        instance.Phone.Write(ana, new TextContent("what was quoted"), id: quoted);
        instance.Phone.Write(ana, new TextContent("liked"), id: reacted);
        await Poll.Until(async () => (await Suspected(tenant, ana)).Count == 2, "two have come");
        Assert.Equal([edited, received], (await Suspected(tenant, ana)).Order(StringComparer.Ordinal));
        instance.Phone.OwnerWrites(ana, new TextContent("as it was"), id: edited);
        instance.Phone.OwnerWrites(ana, new TextContent("from the phone"), id: received);
        await Poll.Until(async () => (await Suspected(tenant, ana)).Count == 0, "all have come");
        var messages = (await tenant.Client.Get($"/conversations/{instance.Account!.Phone}/{ana.Phone}/messages?limit=50")).Expect(200).Data;
        JsonNode Of(string id) => messages.Single(m => m!["externalId"]!.GetValue<string>() == id)!;
        Assert.Equal("👍", Assert.Single(Of(reacted)["reactions"]!.AsArray())!["emoji"]!.GetValue<string>());
        Assert.Equal("as it should be", Of(edited)["text"]!.GetValue<string>());
        Assert.Equal("read", Of(received)["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Media_whose_bytes_no_webhook_brought_is_asked_of_the_gateway_once()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (tenant, instance) = (gateway.Tenant, await gateway.OpenSession("shop"));
        var ana = gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        byte[] bytes = [0xFF, 0xD8, 0xFF, .. Enumerable.Range(0, 5_000).Select(static n => (byte)n)];
        gateway.Simulated.Webhooks.Next(new LoseWebhook("messages.upsert") { Times = 2 });
        instance.Phone.Write(ana, new MediaContent(MediaKind.Image, bytes, "image/jpeg"));
        instance.Phone.Write(ana, new MediaContent(MediaKind.Image, [1, 2, 3], "image/jpeg") { Expired = true });
        await gateway.Simulated.Settle();
        var begun = (await tenant.Client.Post("/sessions/shop/sync", new JsonObject())).Expect(202);
        await Finished(tenant, begun.Header("Location")!);
        var messages = await Messages(tenant);
        var (there, gone) = (messages.First(m => IsOfSize(m, bytes.Length)), messages.First(m => !IsOfSize(m, bytes.Length)));

        var asked = (await tenant.Client.Get(Url(there))).Expect(202);
        Assert.NotNull(asked.Header("Retry-After"));
        Answer? served = null;
        await Poll.Until(async () => (served = await tenant.Client.Get(Url(there))).Status == 200, "The media is there");
        Assert.Equal(bytes, served!.Bytes);
        await Poll.Until(async () => (await tenant.Client.Get(Url(gone))).Status == 410, "The other one is gone");
        Assert.Equal(2, gateway.Simulated.Requests.Of("chat/getBase64FromMediaMessage").Count);
    }

    [Theory]
    [InlineData("2.3.7")]
    [InlineData("1.8.2")]
    public async Task A_sent_message_is_edited_and_deleted_for_everyone(string version)
    {
        await using var gateway = await TestGateway.Start(_parley, version);
        var tenant = gateway.Tenant;
        await gateway.OpenSession("shop");
        var id = await Send(tenant, gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana"), "helo");

        Assert.Equal("hello", (await Edit(tenant, id, "hello")).Text("text"));
        await gateway.Simulated.Settle();
        Assert.Equal("hello", (await tenant.Client.Get($"/messages/{id}")).Text("text"));
        Assert.Single((await tenant.Client.Get($"/messages/{id}")).Json["edits"]!.AsArray());
        await Sync(tenant);
        await Told(tenant, "message.edited", 1);

        // A second one, and one back to the first text, each told by the answer and by a webhook.
        foreach (var text in (string[])["helo again", "hello"])
        {
            Assert.Equal(text, (await Edit(tenant, id, text)).Text("text"));
            await gateway.Simulated.Settle();
            Assert.Equal(text, (await tenant.Client.Get($"/messages/{id}")).Text("text"));
        }

        Assert.Equal(["hello", "helo again", "hello"], (await tenant.Client.Get($"/messages/{id}")).Json["edits"]!.AsArray().Select(static e => e!["text"]!.GetValue<string>()));
        await Told(tenant, "message.edited", 3);

        // The last one counts, also where no webhook tells of it (1.x never does); of texts alone the greater one would.
        gateway.Simulated.Webhooks.Next(new LoseWebhook("messages.edited") { Times = 9 });
        gateway.Simulated.Webhooks.Next(new LoseWebhook("send.message.update") { Times = 9 });
        foreach (var text in (string[])["good day", "dear Ana"])
        {
            Assert.Equal(text, (await Edit(tenant, id, text)).Text("text"));
            await gateway.Simulated.Settle();
            Assert.Equal(text, (await tenant.Client.Get($"/messages/{id}")).Text("text"));
        }

        var revoked = (await tenant.Client.Post($"/messages/{id}/revoke")).Expect(200);
        Assert.NotNull(revoked.Json["deletedAt"]);
        Assert.Null(revoked.Json["text"]);
        (await tenant.Client.Post($"/messages/{id}/revoke")).Expect(409, "not_changeable");
    }

    [Fact]
    public async Task A_message_gets_a_reaction_and_loses_it()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (tenant, instance) = (gateway.Tenant, await gateway.OpenSession("shop"));
        var ana = gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        instance.Phone.Write(ana, "hello");
        await Until(tenant, 1);
        var id = (await Messages(tenant))[0]["id"]!.GetValue<string>();

        var reacted = (await tenant.Client.Send(HttpMethod.Put, $"/messages/{id}/reaction", ParleyClient.Text("""{"emoji":"👍"}"""))).Expect(200);
        Assert.Equal("👍", Assert.Single(reacted.Json["reactions"]!.AsArray())!["emoji"]!.GetValue<string>());
        await gateway.Simulated.Settle();
        await Sync(tenant);

        // The gateway tells both by webhook, too, and has them in its list.
        await Told(tenant, "message.reaction", 1);
        var taken = (await tenant.Client.Delete($"/messages/{id}/reaction")).Expect(200);
        Assert.Empty(taken.Json["reactions"]!.AsArray());
        await gateway.Simulated.Settle();
        await Sync(tenant);
        await Told(tenant, "message.reaction", 2);
        Assert.Empty((await tenant.Client.Get($"/messages/{id}")).Json["reactions"]!.AsArray());
        (await tenant.Client.Send(HttpMethod.Patch, $"/messages/{id}", ParleyClient.Text("""{"text":"mine?"}"""))).Expect(409, "not_changeable");
    }

    [Fact]
    public async Task Marking_read_shows_blue_ticks_at_the_customers_number_if_wanted()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (tenant, instance) = (gateway.Tenant, await gateway.OpenSession("shop"));
        var ana = gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        var (one, two) = (instance.Phone.Write(ana, "one"), instance.Phone.Write(ana, "two"));
        await Until(tenant, 2);
        var id = Id(await Conversations(tenant));

        var read = (await tenant.Client.Post($"/conversations/{id}/read", new JsonObject { ["receipt"] = true })).Expect(200);
        var again = (await tenant.Client.Post($"/conversations/{id}/read", new JsonObject { ["receipt"] = true })).Expect(200);
        instance.Phone.Write(ana, "three");
        await Until(tenant, 3);
        var quiet = (await tenant.Client.Post($"/conversations/{id}/read")).Expect(200);

        Assert.Equal(("sent", "skipped", "skipped"), (read.Text("receipt"), again.Text("receipt"), quiet.Text("receipt")));
        Assert.Equal(
            new[] { one, two }.Order(StringComparer.Ordinal),
            gateway.Simulated.WhatsApp.Reads.Select(static r => r.Id).Order(StringComparer.Ordinal));
        Assert.All(gateway.Simulated.WhatsApp.Reads, r => Assert.Equal(ana.PhoneJid, r.Chat));
    }

    [Fact]
    public async Task A_session_can_show_blue_ticks_without_being_asked_each_time()
    {
        await using var gateway = await TestGateway.Start(_parley);
        var (tenant, instance) = (gateway.Tenant, await gateway.OpenSession("shop"));
        (await tenant.Client.Send(HttpMethod.Patch, "/sessions/shop", ParleyClient.Text("""{"settings":{"receipts":true}}"""))).Expect(200);
        var ana = gateway.Simulated.WhatsApp.AddPerson(TestGateway.NewPhone(), "Ana");
        var one = instance.Phone.Write(ana, "one");
        await Until(tenant, 1);
        var id = Id(await Conversations(tenant));

        Assert.Equal("sent", (await tenant.Client.Post($"/conversations/{id}/read")).Expect(200).Text("receipt"));
        instance.Phone.Write(ana, "two");
        await Until(tenant, 2);
        Assert.Equal("skipped", (await tenant.Client.Post($"/conversations/{id}/read", new JsonObject { ["receipt"] = false })).Expect(200).Text("receipt"));
        instance.Phone.Write(ana, "three");
        await Until(tenant, 3);
        gateway.Simulated.Faults.Next("chat/markMessageAsRead", RestFault.Answer(500));
        Assert.Equal("failed", (await tenant.Client.Post($"/conversations/{id}/read")).Expect(200).Text("receipt"));

        Assert.Equal([one], gateway.Simulated.WhatsApp.Reads.Select(static r => r.Id));
    }

    private static async Task<Answer> Edit(TestTenant tenant, string id, string text) => (await tenant.Client.Send(
        HttpMethod.Patch, $"/messages/{id}", ParleyClient.Text(new JsonObject { ["text"] = text }.ToJsonString()))).Expect(200);

    /// <summary>Everything is read back, and no message is found that was not known.</summary>
    private static async Task Sync(TestTenant tenant)
    {
        var count = (await Messages(tenant)).Count;
        var begun = (await tenant.Client.Post("/sessions/shop/sync", new JsonObject())).Expect(202);
        Assert.Equal("done", (await Finished(tenant, begun.Header("Location")!)).Text("status"));
        Assert.Equal(count, (await Messages(tenant)).Count);
    }

    /// <summary>So many events and no more. In a cluster they get their numbers a moment after the answer.</summary>
    private static async Task Told(TestTenant tenant, string type, int count)
    {
        await Poll.Until(async () => await Events(tenant, type) >= count, $"{count} of {type}");
        Assert.Equal(count, await Events(tenant, type));
    }

    private static async Task<int> Events(TestTenant tenant, string type) =>
        (await tenant.Client.Get($"/events?types={type}&limit=200", ("Accept", "application/json"))).Expect(200).Data.Count;

    private static async Task<List<string>> Suspected(TestTenant tenant, Person of)
    {
        var found = (await Conversations(tenant)).SingleOrDefault(c => c!["contact"]!["phoneNumber"]?.GetValue<string>() == of.Phone);
        return found is null
            ? []
            : [.. (await tenant.Client.Get($"/conversations/{found["conversationId"]}")).Expect(200).Json["suspectedMissing"]!.AsArray()
                .Select(static id => id!.GetValue<string>())];
    }

    private static bool IsOfSize(JsonNode message, long size) => message["media"]!["size"]?.GetValue<long>() == size;

    private static string Url(JsonNode message) => message["media"]!["url"]!.GetValue<string>();

    private static async Task<string> Send(TestTenant tenant, Person to, string text)
    {
        var sent = (await tenant.Client.Post("/messages", new JsonObject { ["sessionId"] = "shop", ["to"] = to.Phone, ["text"] = text })).Expect(202);
        var id = sent.Text("id");
        await Poll.Until(
            async () => (await tenant.Client.Get($"/messages/{id}")).Json["externalId"] is not null, "The gateway has named it");
        return id;
    }

    private static async Task<Answer> Finished(TestTenant tenant, string location)
    {
        Answer? run = null;
        await Poll.Until(
            async () => (run = (await tenant.Client.Get(location)).Expect(200)).Text("status") is "done" or "failed", $"The sync ends: {run?.Body}");
        return run!;
    }

    private static async Task Until(TestTenant tenant, int messages) =>
        await Poll.Until(async () => (await Messages(tenant)).Count == messages, $"{messages} messages are there");

    private static async Task<JsonArray> Conversations(TestTenant tenant) => (await tenant.Client.Get("/conversations")).Expect(200).Data;

    private static string Id(JsonArray conversations) => Assert.Single(conversations)!["conversationId"]!.GetValue<string>();

    private static async Task<IReadOnlyList<JsonNode>> Messages(TestTenant tenant)
    {
        var conversations = await Conversations(tenant);
        return conversations.Count == 0
            ? []
            : await tenant.Client.All($"/conversations/{Id(conversations)}/messages?order=asc", 200);
    }
}
