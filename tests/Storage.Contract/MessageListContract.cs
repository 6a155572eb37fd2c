using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>The messages of one conversation.</summary>
public abstract class MessageListContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task Shows_the_last_first_by_default()
    {
        var talk = NewTalk();
        await Say(talk, 5);
        var page = await List(talk, new ConversationMessagesFilter(), new PageRequest(2));

        Assert.Equal([5, 4], page.Rows.Select(message => message.Sequence));
        Assert.Equal((5, true, false), (page.Total, page.HasMore, page.HasPrevious));
        Assert.Equal(new SortKey(4), page.Continue);
        Assert.Equal(new SortKey(5), page.First);
    }

    [Fact]
    public async Task The_key_of_a_list_by_timestamp_is_the_timestamp_and_the_sequence()
    {
        var talk = NewTalk();
        await Say(talk, 2);
        var page = await List(talk, new ConversationMessagesFilter(ByTimestamp: true), new PageRequest(1));
        Assert.Equal(new SortKey(Now.ToUnixTimeMilliseconds(), "2"), page.Continue);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_that_has_become_empty_leads_back_to_where_it_was_asked_from(bool byTimestamp)
    {
        var talk = NewTalk();
        for (var i = 0; i < 8; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Say(talk, 1);
        }

        var filter = new ConversationMessagesFilter(ByTimestamp: byTimestamp);
        var first = await List(talk, filter, new PageRequest(3));
        await Commit(talk.Erase(1, 2, 3, 4, 5));
        var empty = await List(talk, filter, new PageRequest(3, first.Continue));
        Assert.Empty(empty.Rows);
        Assert.Equal((false, true, first.Continue), (empty.HasMore, empty.HasPrevious, empty.First));
        var back = await List(talk, filter, new PageRequest(3, empty.First, Backwards: true));
        Assert.Equal([8, 7], back.Rows.Select(message => message.Sequence));

        var second = await List(talk, filter, new PageRequest(1, back.First));
        await Commit(talk.Erase(8));
        var before = await List(talk, filter, new PageRequest(3, second.First, Backwards: true));
        Assert.Empty(before.Rows);
        Assert.Equal((true, false, second.First), (before.HasMore, before.HasPrevious, before.Continue));
        var again = await List(talk, filter, new PageRequest(3, before.Continue));
        Assert.Equal([6], again.Rows.Select(message => message.Sequence));
    }

    /// <summary>Beyond 5,000 rows that do not match a page stops and says where to go on: from there nobody would go on to skip.</summary>
    [Fact]
    public async Task What_is_skipped_is_skipped_whatever_lies_between()
    {
        var talk = NewTalk();
        for (var i = 0; i < 4; i++)
        {
            await Commit(talk.Say(direction: Direction.Out));
        }

        while (talk.Head.LastSequence < 5_100)
        {
            await Commit(talk.Add([.. Enumerable.Range(0, 510).Select(i => talk.NewMessage(ahead: i))]));
        }

        var filter = new ConversationMessagesFilter(Direction: Direction.Out);
        var page = await List(talk, filter, new PageRequest(2, Offset: 1));
        Assert.Equal([3, 2], page.Rows.Select(message => message.Sequence));
        Assert.Equal((true, true, new SortKey(2)), (page.HasMore, page.HasPrevious, page.Continue));
    }

    [Fact]
    public async Task The_total_is_known_by_direction()
    {
        var talk = NewTalk();
        await Say(talk, 3);
        await Commit(talk.Say(direction: Direction.Out));

        Assert.Equal(4, (await List(talk, new ConversationMessagesFilter(), new PageRequest(1))).Total);
        Assert.Equal(3, (await List(talk, new ConversationMessagesFilter(Direction: Direction.In), new PageRequest(1))).Total);
        Assert.Equal(1, (await List(talk, new ConversationMessagesFilter(Direction: Direction.Out), new PageRequest(1))).Total);
        Assert.Null((await List(talk, new ConversationMessagesFilter(Type: MessageType.Text), new PageRequest(1))).Total);
    }

    [Fact]
    public async Task What_is_under_the_delete_mark_is_not_there()
    {
        var talk = NewTalk();
        await Say(talk, 3);
        await Commit(talk.Delete());
        Assert.Empty((await List(talk, new ConversationMessagesFilter(), new PageRequest(9))).Rows);
        Assert.Null(await Store.Queries.FindMessage(Tenant, talk.Messages[1].Id, Token));

        await Commit(talk.Say());
        await Commit(talk.Erase(1, 2));
        var page = await List(talk, new ConversationMessagesFilter(), new PageRequest(9));
        Assert.Equal([4], page.Rows.Select(message => message.Sequence));
        Assert.Equal(1, page.Total);
        Assert.False(page.HasMore);
    }

    [Fact]
    public async Task Pages_go_on_after_the_row_of_a_cursor_is_gone()
    {
        var talk = NewTalk();
        await Say(talk, 6);
        var page = await List(talk, new ConversationMessagesFilter(Ascending: true), new PageRequest(3));
        await Commit(talk.Erase(3));
        var next = await List(talk, new ConversationMessagesFilter(Ascending: true), new PageRequest(3, page.Continue));
        Assert.Equal([4, 5, 6], next.Rows.Select(message => message.Sequence));
    }

    [Fact]
    public async Task Random_filters_find_what_a_plain_search_finds()
    {
        var random = new Random(815);
        var talk = NewTalk(1);
        var neighbour = NewTalk(2);
        for (var i = 0; i < 50; i++)
        {
            await Commit(talk.Say(
                direction: random.Next(2) == 0 ? Direction.In : Direction.Out,
                timestamp: Now.AddSeconds(random.Next(15)),
                content: new MessageContent { Type = random.Next(3) == 0 ? MessageType.Image : MessageType.Text }));
            await Commit(neighbour.Say(timestamp: Now.AddSeconds(random.Next(15))));
            if (i == 10)
            {
                await Commit(talk.Delete());
            }
        }

        await Commit(talk.Erase(1, 2, 30));
        for (var i = 0; i < 100; i++)
        {
            var filter = new ConversationMessagesFilter(
                random.Next(2) == 0,
                random.Next(2) == 0,
                random.Next(3) == 0 ? random.Next(55) : null,
                random.Next(3) == 0 ? random.Next(55) : null,
                random.Next(3) == 0 ? Now.AddSeconds(random.Next(15)) : null,
                random.Next(3) == 0 ? Now.AddSeconds(random.Next(15)) : null,
                random.Next(3) switch { 0 => Direction.In, 1 => Direction.Out, _ => null },
                random.Next(3) == 0 ? MessageType.Image : null);
            var limit = random.Next(1, 20);
            var expected = Expected(talk, filter).ToList();

            Same.Values(expected, await Pages.Forwards(page => List(talk, filter, page), limit));
            Same.Values(expected, await Pages.Backwards(page => List(talk, filter, page), limit));
            var skip = random.Next(5);
            Same.Values(expected.Skip(skip).Take(limit), (await List(talk, filter, new PageRequest(limit, Offset: skip))).Rows);
        }
    }

    private static IEnumerable<Message> Expected(Talk talk, ConversationMessagesFilter filter)
    {
        var found = talk.Visible.Where(message =>
            (filter.AfterSequence is null || message.Sequence > filter.AfterSequence)
            && (filter.BeforeSequence is null || message.Sequence < filter.BeforeSequence)
            && (filter.Since is null || message.Timestamp >= filter.Since)
            && (filter.Until is null || message.Timestamp < filter.Until)
            && (filter.Direction is null || message.Direction == filter.Direction)
            && (filter.Type is null || message.Content.Type == filter.Type));
        var sorted = filter.ByTimestamp
            ? found.OrderBy(message => message.Timestamp).ThenBy(message => message.Sequence)
            : found.OrderBy(message => message.Sequence);
        return filter.Ascending ? sorted : sorted.Reverse();
    }

    private Task<Page<Message>> List(Talk talk, ConversationMessagesFilter filter, PageRequest page) =>
        Store.Queries.ListMessages(Tenant, talk.Id, filter, page, Token);

    [Fact]
    public async Task Many_are_found_by_their_ids_but_for_what_lies_under_a_delete_mark()
    {
        var kept = NewTalk(1);
        var gone = NewTalk(2);
        var other = NewTalk(1, OtherTenant);
        await Commit(kept.Add([.. Enumerable.Range(0, 300).Select(i => kept.NewMessage(ahead: i))]));
        await Commit(gone.Say());
        await Commit(other.Say());
        var ids = kept.Messages.Values.Concat(gone.Messages.Values).Concat(other.Messages.Values).Select(message => message.Id).ToList();
        Assert.Equal(301, (await Store.Queries.FindMessages(Tenant, [.. ids, Guid.CreateVersion7(), ids[0]], Token)).Count);

        await Commit(gone.Delete());
        await Commit(kept.Set(head => head with { DeletedUpTo = 1 }));
        await Commit(gone.Say());
        await Commit(kept.Erase(300));

        var found = await Store.Queries.FindMessages(Tenant, [.. ids, gone.Messages[2].Id], Token);
        Assert.Equal(kept.Messages.Values.Where(message => message.Sequence is > 1 and < 300).Append(gone.Messages[2]).Select(message => message.Id).Order(), found.Keys.Order());
        Same.Value(kept.Messages[7], found[kept.Messages[7].Id].Message);
        Same.Value(gone.Head, found[gone.Messages[2].Id].Head);
        Assert.Empty(await Store.Queries.FindMessages(Tenant, [], Token));
        foreach (var id in ids)
        {
            Assert.Equal(found.ContainsKey(id), await Store.Queries.FindMessage(Tenant, id, Token) is not null);
        }
    }
}
