using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

public sealed class MessageTests(SharedProcess shared)
{
    private const string Peer = "5511987650002";

    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task A_message_is_shown_with_every_field_and_its_receipts()
    {
        var tenant = await _parley.NewTenant();
        var (inId, outId) = (Webhook.NewId(), Webhook.NewId());
        await tenant.Accept(Webhook.Text(Peer, "hello", inId, time: 1772452800));
        await tenant.Accept(Webhook.Text(Peer, "hi", outId, time: 1772452801, fromMe: true));
        await tenant.Accept(Webhook.Receipt(Peer, outId, "READ"));
        await tenant.Accept(Webhook.Reaction(Peer, outId, "👍", targetFromMe: true));

        var received = (await tenant.Client.Get($"/messages?externalId={inId}")).Data.Single()!;
        Assert.Equal("in", received["direction"]!.GetValue<string>());
        Assert.Equal(Peer, received["from"]!.GetValue<string>());
        Assert.Equal(Webhook.Line, received["to"]!.GetValue<string>());
        Assert.Equal("text", received["type"]!.GetValue<string>());
        Assert.Equal("live", received["origin"]!.GetValue<string>());
        Assert.Equal("2026-03-02T12:00:00.000Z", received["timestamp"]!.GetValue<string>());
        Assert.True(received.AsObject().ContainsKey("error"));

        var sent = (await tenant.Client.Get($"/messages?externalId={outId}")).Data.Single()!;
        Assert.Equal("read", sent["status"]!.GetValue<string>());
        Assert.NotNull(sent["readAt"]);
        Assert.NotNull(sent["deliveredAt"]);
        Assert.Equal("👍", sent["reactions"]!.AsArray().Single()!["emoji"]!.GetValue<string>());
        Assert.Equal(Peer, sent["reactions"]![0]!["from"]!.GetValue<string>());
        var single = (await tenant.Client.Get($"/messages/{sent["id"]}")).Expect(200);
        Assert.Equal(sent.ToJsonString(), single.Json.ToJsonString());
    }

    [Fact]
    public async Task A_deleted_message_keeps_its_place_and_loses_its_content()
    {
        var tenant = await _parley.NewTenant();
        var id = Webhook.NewId();
        await tenant.Accept(Webhook.Media(Peer, "imageMessage", "image/png", [1, 2, 3], id: id));
        await tenant.Accept(Webhook.Reaction(Peer, id, "👍"));
        await tenant.Accept(Webhook.Revoke(Peer, id));

        var message = (await tenant.Client.Get($"/messages?externalId={id}")).Expect(200).Data.Single()!;
        Assert.NotNull(message["deletedAt"]);
        Assert.Equal(1, message["sequence"]!.GetValue<int>());
        Assert.Equal("image", message["type"]!.GetValue<string>());
        Assert.Null(message["text"]);
        Assert.Null(message["media"]);
        Assert.Single(message["reactions"]!.AsArray());
        (await tenant.Client.Get($"/messages/{message["id"]}/media")).Expect(410, "media_gone");
    }

    [Fact]
    public async Task The_list_is_filtered()
    {
        var tenant = await _parley.NewTenant();
        var outId = Webhook.NewId();
        await tenant.Accept(Webhook.Text(Peer, "one", time: 1772450000));
        await tenant.Accept(Webhook.Text(Peer, "two", outId, time: 1772450010, fromMe: true));
        await tenant.Accept(Webhook.Media("5511987650003", "documentMessage", "application/pdf", [1]));
        await tenant.Accept(Webhook.Text(Peer, "other line", instance: "shop-2"));
        var all = await tenant.Client.All("/messages", 200);
        var conversation = Uri.EscapeDataString(all.Single(m => m["text"]?.GetValue<string>() == "one")["conversationId"]!.GetValue<string>());
        var since = DateTimeOffset.FromUnixTimeSeconds(1772450005).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

        Assert.Equal(4, all.Count);
        Assert.Equal(1, await Count(tenant, "direction=out"));
        Assert.Equal(1, await Count(tenant, "status=sent"));
        Assert.Equal(0, await Count(tenant, "status=failed"));
        Assert.Equal(1, await Count(tenant, "sessionId=shop-2"));
        Assert.Equal(1, await Count(tenant, "type=document"));
        Assert.Equal(1, await Count(tenant, $"externalId={outId}"));
        Assert.Equal(3, await Count(tenant, $"conversationId={conversation}"));
        Assert.Equal(1, await Count(tenant, $"conversationId={conversation}&direction=out&until=2026-12-01T00:00:00Z&since={since}"));
        Assert.Equal(3, await Count(tenant, $"since={since}"));
        Assert.Equal(1, await Count(tenant, $"until={since}"));
        Assert.Equal(4, await Count(tenant, "updatedSince=2020-01-01T00:00:00%2B02:00"));
        Assert.Equal(0, await Count(tenant, "updatedSince=2090-01-01T00:00:00Z"));

        var changed = all.Max(m => DateTimeOffset.Parse(m["updatedAt"]!.GetValue<string>(), CultureInfo.InvariantCulture))!.AddMilliseconds(1);
        await tenant.Accept(Webhook.Receipt(Peer, outId, "DELIVERY_ACK"));
        var after = (await tenant.Client.Get(
            $"/messages?updatedSince={changed.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}")).Expect(200);
        Assert.Equal(outId, after.Data.Single()!["externalId"]!.GetValue<string>());
        foreach (var bad in (string[])["direction=up", "status=outcome_unknown", "type=1", "since=0", "around=1", "updatedSince=2020-01-01T00:00:00Z&since=2020-01-01T00:00:00Z"])
        {
            (await tenant.Client.Get($"/messages?{bad}")).Expect(400, "invalid_request");
        }
    }

    [Fact]
    public async Task A_message_of_another_conversation_is_not_the_middle_of_a_page()
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "here"));
        await tenant.Accept(Webhook.Text("5511987650003", "there"));
        var all = await tenant.Client.All("/messages", 200);
        var (here, there) = (all.Single(static m => m["text"]!.GetValue<string>() == "here"), all.Single(static m => m["text"]!.GetValue<string>() == "there"));
        var conversation = Uri.EscapeDataString(here["conversationId"]!.GetValue<string>());

        (await tenant.Client.Get($"/messages?conversationId={conversation}&around={there["id"]}")).Expect(404, "message_not_found");
        Assert.Single((await tenant.Client.Get($"/messages?conversationId={conversation}&around={here["id"]}")).Expect(200).Data);
        Assert.Equal(2, (await tenant.Client.Get($"/messages?around={there["id"]}")).Expect(200).Data.Count);
    }

    [Fact]
    public async Task A_hidden_id_is_shown_as_its_number_everywhere()
    {
        const string lid = "100000000000088@lid";
        var tenant = await _parley.NewTenant();
        var taught = Webhook.Text(lid, "taught");
        taught["data"]!["key"]!["remoteJidAlt"] = "5511987650088@s.whatsapp.net";
        await tenant.Accept(taught);
        var id = Webhook.NewId();
        await tenant.Accept(Webhook.Text(lid, "hidden", id));
        var group = Webhook.Text("120363025246125888@g.us", "in a group");
        group["data"]!["key"]!["participant"] = lid;
        await tenant.Accept(group);

        var message = (await tenant.Client.Get($"/messages?externalId={id}")).Data.Single()!;
        Assert.Equal("5511987650088", message["from"]!.GetValue<string>());
        var inGroup = (await tenant.Client.Get("/conversations?kind=group")).Data.Single()!["lastMessage"]!;
        Assert.Equal("5511987650088", inGroup["author"]!.GetValue<string>());
        Assert.Equal(2, (await tenant.Client.Get($"/conversations/{Webhook.Line}/{lid}")).Expect(200).Number("messageCount"));
    }

    /// <summary>A gateway's list names one person in several ways: own messages by number alone (2.3.5 to 2.3.7), people with the ninth digit or not.</summary>
    [Fact]
    public async Task One_body_keeps_the_order_of_a_conversation_however_it_names_the_person()
    {
        var tenant = await _parley.NewTenant();
        var body = new JsonArray(
            Named("100000000000066@lid", "one", fromMe: false),
            Named("5511987650066@s.whatsapp.net", "two", fromMe: true),
            Named("100000000000066@lid", "three", fromMe: false),
            Named("551187650066@s.whatsapp.net", "four", fromMe: true),
            Named("5511987650066@s.whatsapp.net", "five", fromMe: false));

        await tenant.Accept(Webhook.Envelope("messages.upsert", body));

        var conversation = Assert.Single((await tenant.Client.Get("/conversations")).Expect(200).Data)!;
        var kept = (await tenant.Client.Get($"/conversations/{Uri.EscapeDataString(conversation["conversationId"]!.GetValue<string>())}/messages?order=asc")).Expect(200).Data;
        Assert.Equal(["one", "two", "three", "four", "five"], kept.Select(static m => m!["text"]!.GetValue<string>()));

        static JsonNode Named(string jid, string text, bool fromMe)
        {
            var message = Webhook.Text(jid, text, fromMe: fromMe)["data"]!.DeepClone();
            message["key"]!["remoteJidAlt"] = jid.EndsWith("@lid", StringComparison.Ordinal) ? "5511987650066@s.whatsapp.net" : null;
            return message;
        }
    }

    private static async Task<int> Count(TestTenant tenant, string filter) =>
        (await tenant.Client.Get($"/messages?{filter}")).Expect(200).Data.Count;
}
