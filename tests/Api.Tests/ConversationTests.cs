using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

public sealed class ConversationTests(SharedProcess shared)
{
    private const string Peer = "5511987650002";

    private readonly ParleyProcess _parley = shared.Parley;

    [Fact]
    public async Task A_conversation_is_found_under_any_spelling_of_its_parties_in_either_order()
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "hello"));
        var conversation = (await tenant.Client.Get("/conversations")).Data.Single()!;
        var id = conversation["conversationId"]!.GetValue<string>();
        foreach (var path in (string[])
        [
            Uri.EscapeDataString(id),
            $"{Webhook.Line}/{Peer}",
            $"{Peer}/{Webhook.Line}",
            $"+{Peer}/{Webhook.Line}",
            $"{Webhook.Line}/55%2011%2098765-0002",
            $"{Webhook.Line}/551187650002",
            $"{Webhook.Line}/00{Peer}",
            $"{Peer}@s.whatsapp.net/{Webhook.Line}:12@s.whatsapp.net",
            $"{Peer}@c.us/session:{Webhook.Instance}",
        ])
        {
            Assert.Equal(id, (await tenant.Client.Get($"/conversations/{path}")).Expect(200).Text("conversationId"));
            Assert.Single((await tenant.Client.Get($"/conversations/{path}/messages")).Expect(200).Data);
        }

        Assert.Equal("direct", conversation["kind"]!.GetValue<string>());
        Assert.Equal([Webhook.Line, Peer], conversation["participants"]!.AsArray().Select(party => party!.GetValue<string>()));
        Assert.Equal(Webhook.Line, conversation["line"]!["address"]!.GetValue<string>());
        Assert.Equal(Webhook.Instance, conversation["line"]!["sessionId"]!.GetValue<string>());
        Assert.Equal(Peer, conversation["contact"]!["phoneNumber"]!.GetValue<string>());
        Assert.Equal("Ana", conversation["contact"]!["name"]!.GetValue<string>());
        Assert.Equal("hello", conversation["lastMessage"]!["text"]!.GetValue<string>());
        Assert.Equal(1, conversation["unreadCount"]!.GetValue<int>());
    }

    [Fact]
    public async Task Reading_moves_forward_only_and_tells_what_becomes_of_blue_ticks()
    {
        var tenant = await _parley.NewTenant();
        for (var i = 0; i < 5; i++)
        {
            await tenant.Accept(Webhook.Text(Peer, $"text {i}"));
        }

        const string path = $"/conversations/{Webhook.Line}/{Peer}/read";
        Assert.Equal((2, 3, "skipped"), Read(await tenant.Client.Post(path, new JsonObject { ["sequence"] = 3 })));
        Assert.Equal((2, 3, "unsupported"), Read(await tenant.Client.Post(path, new JsonObject { ["sequence"] = 1, ["receipt"] = true })));
        Assert.Equal((0, 5, "skipped"), Read(await tenant.Client.Post(path)));
        Assert.Equal((0, 5, "skipped"), Read(await tenant.Client.Post(path, new JsonObject { ["sequence"] = 999, ["receipt"] = false })));
        (await tenant.Client.Post(path, new JsonObject { ["sequence"] = -1 })).Expect(400, "invalid_request");
        (await tenant.Client.Post($"/conversations/{Webhook.Line}/5511987650009/read")).Expect(404, "conversation_not_found");
        await tenant.Accept(Webhook.Text(Peer, "new"));
        Assert.Equal(1, (await tenant.Client.Get($"/conversations/{Webhook.Line}/{Peer}")).Number("unreadCount"));
    }

    [Fact]
    public async Task A_deleted_conversation_is_gone_for_every_reader_until_a_new_message_opens_it()
    {
        var tenant = await _parley.NewTenant();
        var (textId, mediaId) = (Webhook.NewId(), Webhook.NewId());
        var text = Webhook.Text(Peer, "secret", textId);
        await tenant.Accept(text);
        await tenant.Accept(Webhook.Media(Peer, "imageMessage", "image/png", [1, 2, 3], id: mediaId));
        var messages = (await tenant.Client.Get("/messages")).Data.Select(message => message!["id"]!.GetValue<string>()).ToList();
        var id = (await tenant.Client.Get("/conversations")).Data[0]!["conversationId"]!.GetValue<string>();

        (await tenant.Client.Delete($"/conversations/{Peer}/{Webhook.Line}")).Expect(204);

        (await tenant.Client.Get($"/conversations/{Uri.EscapeDataString(id)}")).Expect(404, "conversation_not_found");
        (await tenant.Client.Get($"/conversations/{Uri.EscapeDataString(id)}/messages")).Expect(404, "conversation_not_found");
        (await tenant.Client.Delete($"/conversations/{Uri.EscapeDataString(id)}")).Expect(404, "conversation_not_found");
        Assert.Empty((await tenant.Client.Get("/conversations")).Data);
        Assert.Empty((await tenant.Client.Get("/messages")).Data);
        foreach (var message in messages)
        {
            (await tenant.Client.Get($"/messages/{message}")).Expect(404, "message_not_found");
            (await tenant.Client.Get($"/messages/{message}/media")).Expect(404, "message_not_found");
        }

        // A copy of a deleted message changes nothing; a new one opens the conversation at the next sequence.
        Assert.Equal(1, (await tenant.Accept(text)).Number("ignored"));
        Assert.Empty((await tenant.Client.Get("/conversations")).Data);
        await tenant.Accept(Webhook.Text(Peer, "again"));
        var opened = (await tenant.Client.Get($"/conversations/{Uri.EscapeDataString(id)}")).Expect(200);
        Assert.Equal(1, opened.Number("messageCount"));
        Assert.Equal(3, opened.Number("lastSequence"));
        Assert.Equal("again", (await tenant.Client.Get("/messages")).Data.Single()!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_list_is_filtered()
    {
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "direct"));
        await tenant.Accept(Webhook.Text("5511987650003", "read", time: 1700000000, instance: "shop-2"));
        (await tenant.Client.Post($"/conversations/{Webhook.Line}/5511987650003/read")).Expect(200);
        var group = Webhook.Text("120363025246125888@g.us", "group");
        group["data"]!["key"]!["participant"] = "5511987650004@s.whatsapp.net";
        await tenant.Accept(group);

        Assert.Equal(3, await Count(tenant, ""));
        Assert.Equal(1, await Count(tenant, "kind=group"));
        Assert.Equal(2, await Count(tenant, "kind=direct"));
        Assert.Equal(2, await Count(tenant, "unread=true"));
        Assert.Equal(1, await Count(tenant, "unread=false"));
        Assert.Equal(1, await Count(tenant, "sessionId=shop-2"));
        Assert.Equal(0, await Count(tenant, "sessionId=shop-9"));
        Assert.Equal(2, await Count(tenant, "activeSince=2026-01-01T00:00:00Z"));
        Assert.Equal(1, await Count(tenant, "q=650003"));
        Assert.Equal(2, await Count(tenant, "q=ana&kind=direct"));
        Assert.Equal(0, await Count(tenant, "q=nobody"));
        Assert.Equal(0, await Count(tenant, "q=!!!"));
        Assert.Equal(3, await Count(tenant, "q=+"));
        foreach (var bad in (string[])["kind=crowd", "unread=yes", "activeSince=2026", "activeSince=2026-01-01T00:00:00", $"q={new string('x', 201)}"])
        {
            (await tenant.Client.Get($"/conversations?{bad}")).Expect(400, "invalid_request");
        }

        var row = (await tenant.Client.Get("/conversations?kind=group")).Data.Single()!;
        Assert.Equal("120363025246125888@g.us", row["contact"]!["address"]!.GetValue<string>());
        Assert.Equal("5511987650004", row["lastMessage"]!["author"]!.GetValue<string>());
    }

    private static (long Unread, long UpTo, string Receipt) Read(Answer answer) =>
        (answer.Expect(200).Number("unreadCount"), answer.Number("readUpTo"), answer.Text("receipt"));

    private static async Task<int> Count(TestTenant tenant, string filter) =>
        (await tenant.Client.Get($"/conversations?{filter}")).Expect(200).Data.Count;
}
