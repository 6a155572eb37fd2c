using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

public sealed class PagingTests(SharedProcess shared)
{
    private const string Peer = "5511987650002";
    private const int Count = 23;

    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("/conversations/{id}/messages")]
    [InlineData("/conversations/{id}/messages?order=asc")]
    [InlineData("/conversations/{id}/messages?orderBy=timestamp")]
    [InlineData("/conversations/{id}/messages?orderBy=timestamp&order=asc")]
    [InlineData("/conversations/5511987650002/+55%2011%2098765-0001/messages")]
    [InlineData("/messages")]
    [InlineData("/messages?since=2020-01-01T00:00:00Z")]
    [InlineData("/messages?updatedSince=2020-01-01T00:00:00Z")]
    [InlineData("/messages?conversationId={id}")]
    [InlineData("/messages?conversationId={id}&since=2020-01-01T00:00:00Z")]
    [InlineData("/messages?direction=in")]
    public async Task A_list_is_whole_page_by_page_in_both_directions_and_around_any_row(string template)
    {
        var (tenant, id) = await Conversation();
        var path = template.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var whole = Ids((await tenant.Client.Get($"{path}{separator}limit=200")).Expect(200).Data);
        Assert.Equal(Count, whole.Distinct(StringComparer.Ordinal).Count());

        foreach (var limit in (int[])[1, 7, 23])
        {
            Assert.Equal(whole, (await tenant.Client.All(path, limit)).Select(Id));
        }

        // Back from the last page.
        var last = (await tenant.Client.Get($"{path}{separator}limit=5&offset={Count - 5}")).Expect(200);
        var back = Ids(last.Data);
        Assert.Null(last.NextCursor);
        for (var cursor = last.PrevCursor; cursor is not null;)
        {
            var page = (await tenant.Client.Get($"{path}{separator}limit=5&cursor={cursor}")).Expect(200);
            Assert.True(page.Json["pagination"]!["hasMore"]!.GetValue<bool>());
            back.InsertRange(0, Ids(page.Data));
            cursor = page.PrevCursor;
        }

        Assert.Equal(whole, back);

        foreach (var (place, limit) in ((int, int)[])[(0, 5), (11, 5), (11, 1), (11, 2), (Count - 1, 5), (11, 200)])
        {
            var around = (await tenant.Client.Get($"{path}{separator}limit={limit}&around={whole[place]}")).Expect(200);
            var rows = Ids(around.Data);
            Assert.Contains(whole[place], rows);
            Assert.True(rows.Count <= limit);
            var first = whole.IndexOf(rows[0]);
            Assert.Equal(whole.GetRange(first, rows.Count), rows);
            Assert.Equal(first > 0, around.PrevCursor is not null);
            Assert.Equal(first + rows.Count < Count, around.NextCursor is not null);
            if (around.NextCursor is { } next)
            {
                Assert.Equal(whole[first + rows.Count], Ids((await tenant.Client.Get($"{path}{separator}limit=1&cursor={next}")).Data)[0]);
            }

            if (around.PrevCursor is { } previous)
            {
                Assert.Equal(whole[first - 1], Ids((await tenant.Client.Get($"{path}{separator}limit=1&cursor={previous}")).Data)[0]);
            }
        }
    }

    [Fact]
    public async Task Pages_stay_true_while_messages_come_in()
    {
        var (tenant, id) = await Conversation();
        var path = $"/conversations/{Uri.EscapeDataString(id)}/messages?limit=10";
        var first = (await tenant.Client.Get(path)).Expect(200);
        await tenant.Accept(Webhook.Text(Peer, "in between"));
        var second = (await tenant.Client.Get($"{path}&cursor={first.NextCursor}")).Expect(200);
        Assert.Equal(Count - 10, second.Data[0]!["sequence"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_page_tells_where_it_lies()
    {
        var (tenant, id) = await Conversation();
        var path = $"/conversations/{Uri.EscapeDataString(id)}/messages";
        var page = (await tenant.Client.Get($"{path}?limit=10&offset=10")).Expect(200);
        var pagination = page.Json["pagination"]!;
        Assert.Equal(10, pagination["limit"]!.GetValue<int>());
        Assert.Equal(10, pagination["offset"]!.GetValue<int>());
        Assert.Equal(Count, pagination["total"]!.GetValue<int>());
        Assert.True(pagination["hasMore"]!.GetValue<bool>());
        Assert.True(pagination["hasPrevious"]!.GetValue<bool>());
        Assert.Matches("<[^>]+>; rel=\"next\", <[^>]+>; rel=\"prev\"", page.Header("Link"));
        var next = page.Header("Link")!.Split('>')[0].TrimStart('<');
        Assert.Equal(3, (await tenant.Client.Get(next)).Expect(200).Data.Count);

        var filtered = (await tenant.Client.Get($"{path}?type=text")).Expect(200);
        Assert.False(filtered.Json["pagination"]!.AsObject().ContainsKey("total"));
        Assert.Equal(50, (await tenant.Client.Get("/messages")).Json["pagination"]!["limit"]!.GetValue<int>());
    }

    [Fact]
    public async Task Limits_and_offsets_outside_their_bounds_are_refused_on_every_list()
    {
        var tenant = await _parley.NewTenant();
        using var admin = _parley.Admin();
        foreach (var bad in (string[])
        [
            "limit=0", "limit=-1", "limit=1000000000", "limit=201", "limit=ten", "limit=", "limit=1.5", "limit=99999999999999999999", "limit=1&limit=2",
            "offset=-1", "offset=10001", "offset=1&cursor=x",
        ])
        {
            foreach (var list in (string[])["/sessions", "/conversations", "/messages", "/quarantine"])
            {
                (await tenant.Client.Get($"{list}?{bad}")).Expect(400, "invalid_request");
            }

            (await admin.Get($"/admin/tenants?{bad}")).Expect(400, "invalid_request");
            (await admin.Get($"/admin/sessions?{bad}")).Expect(400, "invalid_request");
        }

        (await tenant.Client.Get("/messages?limit=200&offset=10000")).Expect(200);
    }

    [Fact]
    public async Task A_cursor_is_of_use_in_its_own_list_only()
    {
        var (tenant, id) = await Conversation();
        var (other, _) = await Conversation();
        await tenant.Accept(Webhook.Text("5511987650003", "another conversation"));
        var path = $"/conversations/{Uri.EscapeDataString(id)}/messages";
        var cursor = (await tenant.Client.Get($"{path}?limit=5&direction=in")).NextCursor!;

        (await tenant.Client.Get($"{path}?limit=9&direction=in&cursor={cursor}")).Expect(200);
        foreach (var bad in (string[])
        [
            $"{path}?cursor={cursor}",
            $"{path}?direction=out&cursor={cursor}",
            $"{path}?direction=in&order=asc&cursor={cursor}",
            $"{path}?direction=in&cursor={cursor[..^2]}",
            $"{path}?direction=in&cursor={Flipped(cursor)}",
            $"{path}?direction=in&cursor=",
            $"{path}?direction=in&cursor=%00%ff",
            $"{path}?direction=in&cursor={new string('A', 400)}",
            $"/conversations/5511987650001/5511987650003/messages?direction=in&cursor={cursor}",
            $"/messages?direction=in&cursor={cursor}",
            $"/conversations?cursor={cursor}",
            $"/sessions/shop-1/transitions?cursor={cursor}",
        ])
        {
            (await tenant.Client.Get(bad)).Expect(400, "bad_cursor");
        }

        (await other.Client.Get($"{path}?direction=in&cursor={cursor}")).Expect(400, "bad_cursor");
    }

    [Fact]
    public async Task A_cursor_of_a_conversation_that_was_merged_is_gone_and_its_id_leads_on()
    {
        const string lid = "100000000000077@lid";
        var tenant = await _parley.NewTenant();
        await tenant.Accept(Webhook.Text(lid, "one"));
        await tenant.Accept(Webhook.Text(lid, "two"));
        var old = (await tenant.Client.Get("/conversations")).Data.Single()!["conversationId"]!.GetValue<string>();
        var oldPath = $"/conversations/{Uri.EscapeDataString(old)}";
        var cursor = (await tenant.Client.Get($"{oldPath}/messages?limit=1")).NextCursor;
        var ofAll = $"/messages?conversationId={Uri.EscapeDataString(old)}&limit=1";
        var cursorOfAll = (await tenant.Client.Get(ofAll)).NextCursor;
        await tenant.Accept(Webhook.Text("5511987650077", "three"));

        var known = Webhook.Text(lid, "four");
        known["data"]!["key"]!["remoteJidAlt"] = "5511987650077@s.whatsapp.net";
        await tenant.Accept(known);

        // The one that goes leaves the list when it is sealed; its messages follow.
        var merged = await Until(
            async () => await tenant.Client.Get("/conversations"),
            answer => answer.Data.Count == 1 && answer.Data[0]!["messageCount"]!.GetValue<int>() == 4);
        var stays = merged.Data[0]!["conversationId"]!.GetValue<string>();
        Assert.NotEqual(old, stays);
        Assert.Equal(4, (await tenant.Client.All($"{oldPath}/messages", 3)).Count);
        Assert.Equal(stays, (await tenant.Client.Get(oldPath)).Expect(200).Text("conversationId"));
        var gone = (await tenant.Client.Get($"{oldPath}/messages?limit=1&cursor={cursor}")).Expect(410, "conversation_merged");
        Assert.Equal(stays, gone.Text("conversationId"));
        var found = (await tenant.Client.Get(ofAll)).Expect(200);
        Assert.Equal((stays, 4), (found.Data.Single()!["conversationId"]!.GetValue<string>(), found.Json["pagination"]!["total"]!.GetValue<int>()));
        Assert.Equal(stays, (await tenant.Client.Get($"{ofAll}&cursor={cursorOfAll}")).Expect(410, "conversation_merged").Text("conversationId"));
        (await tenant.Client.Get($"/conversations/5511987650001/100000000000077@lid/messages?limit=1&cursor={cursor}"))
            .Expect(410, "conversation_merged");
    }

    private static async Task<Answer> Until(Func<Task<Answer>> read, Func<Answer, bool> done)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await read();
            if (done(answer) || tries == 300)
            {
                return answer;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static List<string> Ids(JsonArray rows) => [.. rows.Select(row => Id(row!))];

    private static string Id(JsonNode row) => row["id"]!.GetValue<string>();

    private static string Flipped(string cursor) => cursor[..20] + (cursor[20] == 'A' ? 'B' : 'A') + cursor[21..];

    private async Task<(TestTenant Tenant, string ConversationId)> Conversation()
    {
        var tenant = await _parley.NewTenant();
        for (var i = 0; i < Count; i++)
        {
            // Two of each time, so that equal keys lie on the edges of pages.
            await tenant.Accept(Webhook.Text(Peer, $"text {i}", time: 1772452800 + (i / 2)));
        }

        return (tenant, (await tenant.Client.Get("/conversations")).Data[0]!["conversationId"]!.GetValue<string>());
    }
}
