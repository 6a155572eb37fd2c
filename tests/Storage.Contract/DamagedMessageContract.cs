using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>A message whose text cannot be read, whatever happened to it.</summary>
public abstract class DamagedMessageContract(IStoreFixture fixture) : StoreTests(fixture)
{
    /// <summary>Writes something else in the place of a message's text.</summary>
    protected abstract Task Damage(Message message, string body);

    [Theory]
    [InlineData("what was this?")]
    [InlineData("{\"id\":")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task It_is_shown_by_its_columns_in_every_list_and_hides_no_other(string body)
    {
        var talk = NewTalk();
        await Commit(talk.Say("whole"));
        Time.Advance(TimeSpan.FromSeconds(1));
        await Commit(talk.Say("damaged in", status: MessageStatus.Read, timestamp: Now.AddSeconds(-0.5)));
        Time.Advance(TimeSpan.FromSeconds(1));
        await Commit(talk.Say("damaged out", Direction.Out, status: MessageStatus.Sent, sessionId: "shop-2"));
        foreach (var sequence in (long[])[2, 3])
        {
            await Damage(talk.Messages[sequence], body);
        }

        var expected = talk.Messages.ToDictionary(
            static pair => pair.Key, pair => pair.Key == 1 ? pair.Value : AsDamaged(pair.Value));
        Assert.Equal([false, true, true], expected.Values.Select(DamagedMessage.Is));

        await Finds([1, 2, 3], new ConversationMessagesFilter(Ascending: true));
        await Finds([3, 2, 1], new ConversationMessagesFilter(ByTimestamp: true));
        await Finds([3], new ConversationMessagesFilter(Direction: Direction.Out));
        await FindsAll([3, 2, 1], new MessagesFilter());
        await FindsAll([2], new MessagesFilter(Statuses: [MessageStatus.Read]));
        await FindsAll([3], new MessagesFilter(SessionId: "shop-2"));
        await FindsAll([3, 2, 1], new MessagesFilter(ConversationId: talk.Id));
        await FindsAll([2], new MessagesFilter(ExternalId: "damaged in"));
        await FindsAll([3, 2], new MessagesFilter(Since: talk.Messages[2].Timestamp));
        await FindsAll([2, 3], new MessagesFilter(UpdatedSince: talk.Messages[2].UpdatedAt));

        Same.Value(expected[3], Assert.Single((await Store.Queries.ListConversations(Tenant, new ConversationFilter(), new PageRequest(5), Token)).Rows).LastMessage);
        Same.Value(expected[3], (await Store.Queries.ReadConversation(Tenant, talk.Id, Token))!.LastMessage);
        var found = await Store.Queries.FindMessages(Tenant, [.. talk.Messages.Values.Select(static m => m.Id)], Token);
        Assert.Equal(expected.Count, found.Count);
        foreach (var message in expected.Values)
        {
            Same.Value(message, (await Store.Queries.FindMessage(Tenant, message.Id, Token))!.Message);
            Same.Value(message, found[message.Id].Message);
        }

        async Task Finds(long[] sequences, ConversationMessagesFilter filter) =>
            Shown(sequences, (await Store.Queries.ListMessages(Tenant, talk.Id, filter, new PageRequest(10), Token)).Rows);

        async Task FindsAll(long[] sequences, MessagesFilter filter) =>
            Shown(sequences, [.. (await Store.Queries.ListMessages(Tenant, filter, new PageRequest(10), Token)).Rows.Select(static e => e.Message)]);

        void Shown(long[] sequences, IReadOnlyList<Message> messages)
        {
            Assert.Equal(sequences, messages.Select(static m => m.Sequence));
            Assert.All(messages, m => Same.Value(expected[m.Sequence], m));
        }
    }

    [Theory]
    [InlineData("what was this?")]
    [InlineData("null")]
    public async Task Its_owner_is_told_that_it_is_there(string body)
    {
        var talk = NewTalk();
        await Commit(talk.Say("whole"));
        await Commit(talk.Say("damaged"));
        await Damage(talk.Messages[2], body);
        var (whole, id) = (talk.Messages[1], talk.Messages[2].Id);

        var lookup = await Store.Conversations.LookUp(Tenant, ["damaged", "whole"], Token);
        Damaged(("damaged", Direction.In), lookup.Messages.Single(m => m.MessageId == id));
        Assert.False(lookup.Messages.Single(m => m.MessageId == whole.Id).IsDamaged);
        Damaged((null, null), (await Store.Conversations.FindById(Tenant, id, Token))!);
        var page = await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 10, Token);
        Assert.Equal([false, true], page.Select(static m => m.IsDamaged));
        Damaged((null, null), page[1]);

        void Damaged((string? Id, Direction? Direction) named, KeptMessage kept)
        {
            Assert.True(kept.IsDamaged);
            Assert.Equal((talk.Id, 2, id, null), (kept.ConversationId, kept.Sequence, kept.MessageId, kept.Message));
            Assert.Equal(named, (kept.ExternalId, kept.Direction));
        }
    }

    [Fact]
    public async Task It_can_be_erased()
    {
        var talk = NewTalk();
        await Commit(talk.Say("damaged"));
        await Damage(talk.Messages[1], "{");

        await Commit(talk.Erase(1));

        var kept = Assert.Single(await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 10, Token));
        Assert.Equal((1, null, false), (kept.Sequence, kept.Message, kept.IsDamaged));
    }

    /// <summary>A commit that says "nobody has these ids" is told that somebody has, though it cannot be read.</summary>
    [Fact]
    public async Task What_comes_again_is_refused_as_known()
    {
        var talk = NewTalk();
        await Commit(talk.Say("damaged"));
        await Damage(talk.Messages[1], "{");

        var again = talk.Say("damaged") with { Unseen = ["damaged"] };
        var result = await Store.Conversations.Commit(again, Token);

        Assert.Equal(CommitOutcome.Seen, result.Outcome);
        Assert.True(Assert.Single(result.Seen!.Messages).IsDamaged);
    }

    /// <summary>The same place, times and status, and nothing of what it said, or of what the gateway calls it.</summary>
    private static Message AsDamaged(Message whole) => whole with
    {
        ExternalId = Message.UnsentId(whole.Id),
        Content = new MessageContent { Type = MessageType.Unavailable, RawType = DamagedMessage.RawType },
        CountsUnread = false,
    };
}
