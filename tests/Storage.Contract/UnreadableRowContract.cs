using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>A row that cannot be read, because it is damaged or a newer program wrote it: it stops nothing but itself.</summary>
public abstract class UnreadableRowContract(IStoreFixture fixture) : StoreTests(fixture)
{
    public static TheoryData<string> Texts => ["what was this?", "{", "{}", "null", "{\"kind\":\"of_tomorrow\"}"];

    /// <summary>Writes something else in the place of the text of the rows whose text has these words.</summary>
    protected abstract Task Damage(DamagedRow row, string words, string text);

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_parked_change_is_passed_over_until_it_expires(string text)
    {
        await Park("a", "first");
        await Park("a", "damaged");
        await Park("b", "damaged");
        await Park("a", "last");
        await Damage(DamagedRow.ParkedChange, "damaged", text);

        Assert.Equal(["first", "last"], Edits((await Store.Conversations.LookUp(Tenant, ["a", "b"], Token)).Parked));
        Assert.Equal(["first", "last"], Edits(await Store.Parking.ListParked(0, 2, Token)));
        Assert.Equal(["last", "first"], Edits(await Store.Parking.ListParked(Tenant, "s", 2, Token)));

        var talk = NewTalk();
        var result = await Store.Conversations.Commit(talk.Say("b") with { Unseen = ["b"] }, Token);
        Assert.Equal(CommitOutcome.Done, result.Outcome);

        Assert.Equal(4, await Store.Parking.ExpireParked(Now.AddDays(7), Token));

        Task Park(string target, string said) =>
            Store.Parking.Park(Tenant, "s", [Changes.Edit(target, said, Now)], 100, Now, Token);

        static IEnumerable<string?> Edits(IEnumerable<ParkedChange> parked) => parked.Select(static p => ((EditChange)p.Change).Text);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_to_do_takes_no_others_place(string text)
    {
        WorkItem[] items = [new Erase("damaged 1"), new Erase("damaged 2"), new Erase("a"), new Erase("b")];
        foreach (var item in items)
        {
            await Store.Work.Leave(Tenant, [item], Now, Token);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        await Damage(DamagedRow.ToDo, "damaged", text);

        Assert.Equal(items[2..3], await DueItems(Tenant, 1, Now, Token));
        Assert.Equal(items[2..], await DueItems(Tenant, 2, Now, Token));
        await CompleteItem(Tenant, items[2].Key, Token);
        Assert.Equal(items[3..], await DueItems(Tenant, 10, Now, Token));

        // Left again it is as new.
        await Store.Work.Leave(Tenant, [items[0]], Now, Token);
        Assert.Equal([items[3], items[0]], await DueItems(Tenant, 10, Now, Token));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_session_is_missing_in_lists_and_hides_no_other(string text)
    {
        foreach (var (tenantId, id) in new[] { (Tenant, "a"), (Tenant, "damaged"), (Tenant, "z"), (OtherTenant, "b") })
        {
            var session = new Session
            {
                SessionId = id,
                Version = 1,
                InstanceName = "instance",
                Status = SessionStatus.Open,
                CreatedAt = Now,
                UpdatedAt = Now,
            };
            Assert.Equal(CommitResult.Done, await Store.Sessions.Commit(new SessionCommit { TenantId = tenantId, Session = session }, Token));
        }

        await Damage(DamagedRow.Session, "damaged", text);

        Assert.Equal(["a", "z"], await Listed(Tenant, new SessionFilter(), 10));
        Assert.Equal(["a", "z"], await Listed(Tenant, new SessionFilter(SessionStatus.Open), 1));
        Assert.Equal(["a", "z", "b"], await Listed(null, new SessionFilter(), 1));
        await Assert.ThrowsAnyAsync<Exception>(() => Listed(Tenant, new SessionFilter { Whole = true }, 10));

        // Whose an instance is must not be told without it.
        await Assert.ThrowsAnyAsync<Exception>(() => Store.Sessions.FindOwners("instance", Token));
        await Assert.ThrowsAnyAsync<Exception>(() => Store.Sessions.ReadEntry(Tenant, "damaged", Token));

        async Task<IEnumerable<string>> Listed(string? tenantId, SessionFilter filter, int limit)
        {
            Task<Page<SessionEntry>> List(PageRequest page) => Store.Sessions.ListSessions(tenantId, filter, page, Token);
            var forwards = await Pages.Forwards(List, limit);
            Same.Values(forwards, await Pages.Backwards(List, limit));
            return forwards.Select(static entry => entry.Session.SessionId);
        }
    }

    [Theory]
    [InlineData("what was this?")]
    [InlineData("null")]
    [InlineData("{\"state\":\"of_tomorrow\",\"message\":{\"status\":\"of_tomorrow\"}}")]
    public async Task A_send_and_an_echo_hold_up_no_others(string text)
    {
        var talk = NewTalk();
        await Commit(talk.Say());
        QueuedSend[] sends =
        [
            NewSend(talk, "whole", SendState.Queued), NewSend(talk, "damaged", SendState.Queued), NewSend(talk, "damaged", SendState.Leaving),
            NewSend(talk, "whole", SendState.Leaving), NewSend(talk, "whole", SendState.Leaving),
        ];
        await Commit(talk.Set(static head => head) with { Queued = [.. sends] });
        foreach (var id in (string[])["one", "damaged", "two"])
        {
            await Store.Sends.ParkEcho(Tenant, NewEcho(id), Token);
        }

        await Damage(DamagedRow.Send, "damaged", text);
        await Damage(DamagedRow.Echo, "damaged", text);

        var whole = sends.Where(static send => send.Fingerprint == "whole").ToList();
        Assert.Equal(whole[..2], await Store.Sends.ListSends(Tenant, "shop-1", null, 2, Token));
        Assert.Equal(whole[2..], await Store.Sends.ListSends(Tenant, "shop-1", whole[1].MessageId, 2, Token));
        Assert.Equal(whole[1..], await Store.Sends.ListLeaving(Tenant, Line, Token));
        Assert.Equal([(Tenant, whole[1])], await Store.Sends.ListLeaving(Now.AddTicks(1), 1, Token));
        Assert.Equal(whole[1..], (await Store.Sends.ListLeaving(Now.AddTicks(1), 9, Token)).Select(static row => row.Send));
        Assert.Equal(["one", "two"], (await Store.Sends.ListEchoes(Tenant, Line, 2, Token)).Select(static kept => kept.Echo.Message.ExternalId));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_conversation_hides_itself_and_its_messages_from_lists_and_nothing_else(string text)
    {
        var talks = Enumerable.Range(1, 3).Select(contact => NewTalk(contact)).ToList();
        foreach (var talk in talks)
        {
            await Commit(talk.Say("first of " + talk.Id));
            Time.Advance(TimeSpan.FromSeconds(1));
            await Commit(talk.Say(content: Samples.Media()));
        }

        var (damaged, whole) = (talks[1], new[] { talks[2], talks[0] });
        await Damage(DamagedRow.Conversation, damaged.Id, text);

        foreach (var filter in new[] { new ConversationFilter(), new ConversationFilter(Unread: true), new ConversationFilter(Query: "5511") })
        {
            Assert.Equal(whole.Select(static t => t.Id), await Conversations(filter, 1));
            Assert.Equal(whole.Select(static t => t.Id), await Conversations(filter, 10));
        }

        var messages = whole.SelectMany(static t => t.Messages.Values.OrderByDescending(static m => m.Sequence)).ToList();
        Assert.Equal(messages.Select(static m => m.Id), await Messages(new MessagesFilter()));
        Assert.Equal(messages.Select(static m => m.Id), await Messages(new MessagesFilter(Since: Now.AddDays(-1))));
        Assert.Equal(messages.Select(static m => m.Id).Reverse(), await Messages(new MessagesFilter(UpdatedSince: Now.AddDays(-1))));
        Assert.Empty(await Messages(new MessagesFilter(ExternalId: "first of " + damaged.Id)));

        // Asked for by its name it is not taken for one that is not there: events of its messages would say that they are deleted.
        await Assert.ThrowsAnyAsync<Exception>(() => Store.Queries.FindMessages(Tenant, [.. talks.SelectMany(static t => t.Messages.Values).Select(static m => m.Id)], Token));
        await Assert.ThrowsAnyAsync<Exception>(() => Store.Queries.ReadConversation(Tenant, damaged.Id, Token));
        await Assert.ThrowsAnyAsync<Exception>(() => Store.Queries.FindMessage(Tenant, damaged.Messages[1].Id, Token));

        async Task<IEnumerable<string>> Conversations(ConversationFilter filter, int limit)
        {
            Task<Page<ConversationEntry>> List(PageRequest page) => Store.Queries.ListConversations(Tenant, filter, page, Token);
            var forwards = await Pages.Forwards(List, limit);
            Same.Values(forwards, await Pages.Backwards(List, limit));
            return forwards.Select(static entry => entry.Head.ConversationId);
        }

        async Task<IEnumerable<Guid>> Messages(MessagesFilter filter) =>
            (await Pages.Forwards(page => Store.Queries.ListMessages(Tenant, filter, page, Token), 1)).Select(static entry => entry.Message.Id);
    }

    [Fact]
    public async Task A_conversation_under_a_hidden_id_keeps_the_sweep_from_no_other()
    {
        foreach (var lid in (string[])["100000000000011@lid", "100000000000012@lid", "100000000000013@lid"])
        {
            await Commit(new Talk(Tenant, Party.Of(Address.Parse(lid)), Time).Say());
        }

        await Damage(DamagedRow.Conversation, "100000000000012", "{");

        var first = Assert.Single(await Store.Addresses.FindHidden(null, 1, Token));
        var second = Assert.Single(await Store.Addresses.FindHidden((Tenant, first.Head.ConversationId), 1, Token));
        Assert.Equal("100000000000013@lid", second.Head.Contact!.Lid!.Value.Value);
    }

    /// <summary>Media of a conversation that cannot be read are none that nobody names: they would be removed.</summary>
    [Fact]
    public async Task Media_of_an_unreadable_conversation_are_named()
    {
        var talk = NewTalk();
        await Commit(talk.Say(content: Samples.Media()));
        await Damage(DamagedRow.Conversation, talk.Id, "{");

        Assert.True(await Store.Conversations.NamesMedia(Tenant, Samples.Sha256, Token));
    }

    private static readonly Address Line = Address.Parse("5511900000000");

    private QueuedSend NewSend(Talk talk, string fingerprint, SendState state) =>
        new("shop-1", Ids.Next(Now), talk.Id, talk.Head.LastSequence, Line, state, fingerprint, Now.AddHours(1), Now);

    private ParkedEcho NewEcho(string externalId) => new(
        Line,
        Line,
        new IncomingMessage
        {
            ExternalId = externalId,
            Direction = Direction.Out,
            Origin = MessageOrigin.Live,
            Status = MessageStatus.Sent,
            SessionId = "shop-1",
            From = Line,
            To = Address.Parse("5511987650001"),
            Content = new MessageContent { Type = MessageType.Text, Text = "hi" },
            Timestamp = Now,
            ReceivedAt = Now,
        },
        Party.Of(Address.Parse("5511987650001")),
        null,
        Now);
}
