using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>The list of conversations.</summary>
public abstract class ConversationListContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task Shows_the_newest_activity_first_with_the_last_message()
    {
        var talks = await Many(7);
        await Commit(talks[2].Say(timestamp: Now.AddHours(1)));

        var page = await List(new ConversationFilter(), new PageRequest(3));

        Assert.Equal([talks[2].Id, talks[6].Id, talks[5].Id], page.Rows.Select(row => row.Head.ConversationId));
        Assert.All(page.Rows, row => Assert.Equal(row.Head.LastMessageSequence, row.LastMessage!.Sequence));
        Assert.Equal(7, page.Total);
        Assert.True(page.HasMore);
        Assert.False(page.HasPrevious);
        Assert.Equal(new SortKey(talks[6].Head.LastActivityAt!.Value.ToUnixTimeMilliseconds() - 60_000, talks[5].Id), page.Continue);
    }

    [Fact]
    public async Task The_last_message_is_the_one_with_the_greatest_timestamp()
    {
        var talk = NewTalk();
        await Commit(talk.Say(timestamp: Now));
        await Commit(talk.Say(timestamp: Now.AddDays(-1)));

        Assert.Equal(1, (await Store.Queries.ReadConversation(Tenant, talk.Id, Token))!.LastMessage!.Sequence);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(200)]
    public async Task Every_row_comes_once_forwards_and_backwards(int limit)
    {
        var talks = await Many(11);

        // Equal times are told apart by the id.
        await Commit(talks[0].Say(timestamp: Now.AddHours(2)));
        await Commit(talks[1].Say(timestamp: Now.AddHours(2)));
        var forwards = await Pages.Forwards(page => List(new ConversationFilter(), page), limit);
        var backwards = await Pages.Backwards(page => List(new ConversationFilter(), page), limit);

        Same.Values(Expected(talks), forwards.Select(row => row.Head));
        Same.Values(forwards, backwards);
    }

    [Fact]
    public async Task An_offset_skips_rows()
    {
        var talks = await Many(6);
        var page = await List(new ConversationFilter(), new PageRequest(2, Offset: 3));

        Same.Values(Expected(talks).Skip(3).Take(2), page.Rows.Select(row => row.Head));
        Assert.True(page.HasPrevious);
        Assert.Empty((await List(new ConversationFilter(), new PageRequest(2, Offset: 9))).Rows);
    }

    [Fact]
    public async Task A_cursor_stays_where_it_was_while_data_is_added()
    {
        var talks = await Many(6);
        var first = await List(new ConversationFilter(), new PageRequest(3));
        var more = NewTalk(50);
        await Commit(more.Say(timestamp: Now.AddHours(3)));
        var second = await List(new ConversationFilter(), new PageRequest(3, first.Continue));

        Same.Values(Expected(talks), first.Rows.Concat(second.Rows).Select(row => row.Head));
        var back = await List(new ConversationFilter(), new PageRequest(10, second.First, Backwards: true));
        Assert.Equal(more.Id, back.Rows[0].Head.ConversationId);
    }

    [Fact]
    public async Task Random_filters_find_what_a_plain_search_finds()
    {
        var random = new Random(4711);
        var talks = new List<Talk>();
        for (var i = 0; i < 40; i++)
        {
            var talk = i % 5 == 0
                ? new Talk(Tenant, Party.Of(Address.Parse($"1203630252461258{i:00}@g.us")), Time)
                : NewTalk(i + 1);
            var session = $"s{random.Next(3)}";
            await Commit(talk.Set(head => head with { SessionIds = random.Next(3) == 0 ? ["s0", session] : [session] }));
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                await Commit(talk.Say(
                    direction: random.Next(2) == 0 ? Direction.In : Direction.Out,
                    timestamp: Now.AddMinutes(random.Next(-20, 20)),
                    status: random.Next(2) == 0 ? MessageStatus.Read : MessageStatus.Delivered));
            }

            if (random.Next(6) == 0)
            {
                await Commit(talk.Delete());
            }

            talks.Add(talk);
        }

        for (var i = 0; i < 60; i++)
        {
            var filter = new ConversationFilter(
                random.Next(2) == 0 ? $"s{random.Next(3)}" : null,
                random.Next(3) switch { 0 => ConversationKind.Group, 1 => ConversationKind.Direct, _ => null },
                random.Next(3) switch { 0 => true, 1 => false, _ => null },
                random.Next(2) == 0 ? Now.AddMinutes(random.Next(-20, 20)) : null);
            var expected = Expected(talks).Where(head =>
                (filter.SessionId is null || head.SessionIds.Distinct().Contains(filter.SessionId))
                && (filter.Kind is null || head.Kind == filter.Kind)
                && (filter.Unread is null || filter.Unread == head.UnreadCount > 0)
                && (filter.ActiveSince is null || head.LastActivityAt >= filter.ActiveSince)).ToList();
            var limit = random.Next(1, 12);

            Same.Values(expected, (await Pages.Forwards(page => List(filter, page), limit)).Select(row => row.Head));
            Same.Values(expected, (await Pages.Backwards(page => List(filter, page), limit)).Select(row => row.Head));
        }

        Assert.Equal(Expected(talks).Count(), (await List(new ConversationFilter(), new PageRequest(1))).Total);
    }

    [Fact]
    public async Task A_deleted_conversation_is_not_there_until_something_new_comes()
    {
        var talk = NewTalk();
        await Say(talk, 2);
        await Commit(talk.Delete());

        Assert.Empty((await List(new ConversationFilter(), new PageRequest(5))).Rows);
        Assert.Equal(0, (await List(new ConversationFilter(), new PageRequest(5))).Total);
        Assert.Null(await Store.Queries.ReadConversation(Tenant, talk.Id, Token));

        await Commit(talk.Say());
        Assert.Equal(1, (await List(new ConversationFilter(), new PageRequest(5))).Total);
        Assert.Equal(3, (await Store.Queries.ReadConversation(Tenant, talk.Id, Token))!.LastMessage!.Sequence);
    }

    [Fact]
    public async Task Another_tenant_sees_nothing()
    {
        await Many(3);
        var page = await Store.Queries.ListConversations(OtherTenant, new ConversationFilter(), new PageRequest(5), Token);
        Assert.Empty(page.Rows);
        Assert.Equal(0, page.Total);
    }

    [Theory]
    [InlineData("maria", "1")]
    [InlineData("MARIA", "1")]
    [InlineData("joão", "2")]
    [InlineData("joao", "2")]
    [InlineData("sil", "1,2")]
    [InlineData("silva mar", "1")]
    [InlineData("silva nobody", "")]
    [InlineData("aria", "")]
    [InlineData("551198000000", "1,2,3")]
    [InlineData("+55 11 98000-0001", "1")]
    [InlineData("80000002", "2")]
    [InlineData("0003", "3")]
    [InlineData("silva 0002", "2")]
    [InlineData("80000", "")]
    [InlineData("equipe", "4")]
    [InlineData("loja 24", "4")]
    [InlineData("!!!", "")]
    [InlineData("- & ?", "")]
    [InlineData("👍", "")]
    public async Task Searches_words_of_names_and_digits_of_numbers(string query, string expected)
    {
        var talks = Enumerable.Range(1, 3).Select(contact => NewTalk(contact)).ToList();
        talks.Add(new Talk(Tenant, Party.Of(Address.Parse("120363025246125888@g.us")), Time));
        await Name(talks[1], "João da Silva");
        foreach (var talk in talks)
        {
            await Commit(talk.Say(timestamp: Now.AddMinutes(-talks.IndexOf(talk))));
        }

        await Name(talks[0], "Maria Silva");
        await Name(talks[3], "Équipe Loja 24h");

        var found = await Pages.Forwards(page => List(new ConversationFilter(Query: query), page), 2);
        Assert.Equal(expected, string.Join(',', found.Select(row => talks.FindIndex(talk => talk.Id == row.Head.ConversationId) + 1)));
        Same.Values(found, await Pages.Backwards(page => List(new ConversationFilter(Query: query), page), 2));
    }

    [Fact]
    public async Task A_new_name_is_found_instead_of_the_old_one()
    {
        var talk = NewTalk();
        await Commit(talk.Say());
        await Name(talk, "Ana Souza");
        await Name(talk, "Ana Lima", Now.AddMinutes(1));

        Assert.Single((await List(new ConversationFilter(Query: "ana lima"), new PageRequest(5))).Rows);
        Assert.Empty((await List(new ConversationFilter(Query: "souza"), new PageRequest(5))).Rows);
    }

    [Fact]
    public async Task A_contact_is_found_by_its_number_once_it_is_known_and_by_the_name_of_either_address()
    {
        var lid = Address.Parse("100000000000011@lid");
        var talk = new Talk(Tenant, Party.Of(lid), Time);
        await Commit(talk.Say());
        await Store.Directory.Put(Tenant, [new DirectoryEntry(lid, "Hidden Person", null, Now)], Token);
        Assert.Single((await List(new ConversationFilter(Query: "hidden"), new PageRequest(5))).Rows);
        Assert.Empty((await List(new ConversationFilter(Query: "5511980009999"), new PageRequest(5))).Rows);

        await Commit(talk.Set(head => head with { Contact = new Party(Address.Parse("5511980009999"), lid) }));
        Assert.Single((await List(new ConversationFilter(Query: "5511980009999"), new PageRequest(5))).Rows);
        Assert.Single((await List(new ConversationFilter(Query: "hidden 9999"), new PageRequest(5))).Rows);
    }

    private Task<Page<ConversationEntry>> List(ConversationFilter filter, PageRequest page) =>
        Store.Queries.ListConversations(Tenant, filter, page, Token);

    private Task Name(Talk talk, string name, DateTimeOffset? at = null) =>
        Store.Directory.Put(Tenant, [new DirectoryEntry(talk.Head.ContactAddress, name, null, at ?? Now)], Token);

    private async Task<List<Talk>> Many(int count)
    {
        var talks = Enumerable.Range(1, count).Select(contact => NewTalk(contact)).ToList();
        for (var i = 0; i < count; i++)
        {
            await Commit(talks[i].Say(timestamp: Now.AddMinutes(i)));
        }

        return talks;
    }

    private static IEnumerable<ConversationHead> Expected(IEnumerable<Talk> talks) => talks
        .Select(talk => talk.Head)
        .Where(head => head.IsVisible)
        .OrderByDescending(head => head.LastActivityAt)
        .ThenByDescending(head => head.ConversationId, StringComparer.Ordinal);
}
