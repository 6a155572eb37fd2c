using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Messages by Parley's own id, and gateway ids that come late or change hands.</summary>
public abstract class IdentityContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task A_message_is_found_by_its_own_id()
    {
        var talk = NewTalk();
        await Commit(talk.Say());
        await Commit(talk.Add(Samples.Full(talk.NewMessage("x", Direction.Out), Now)));
        var message = talk.Messages[2];

        var found = (await Store.Conversations.FindById(Tenant, message.Id, Token))!;
        Assert.Equal((talk.Id, 2, message.Id), (found.ConversationId, found.Sequence, found.MessageId));
        Assert.Equal(("x", Direction.Out), (found.ExternalId, found.Direction));
        Same.Value(message, found.Message);
        Assert.Null(await Store.Conversations.FindById(OtherTenant, message.Id, Token));
        Assert.Null(await Store.Conversations.FindById(Tenant, Ids.Next(Now), Token));
    }

    [Fact]
    public async Task A_tombstone_is_found_by_its_own_id()
    {
        var talk = NewTalk();
        await Commit(talk.Say());
        var id = talk.Messages[1].Id;
        await Commit(talk.Delete());
        Assert.NotNull((await Store.Conversations.FindById(Tenant, id, Token))!.Message);
        await Commit(talk.Erase(1));

        Assert.Equal(new KeptMessage(talk.Id, 1, id, null, null, null), await Store.Conversations.FindById(Tenant, id, Token));
    }

    [Fact]
    public async Task A_moved_message_is_found_by_its_own_id_where_it_went()
    {
        var (from, into) = (NewTalk(1), NewTalk(2));
        await Say(from, 2);
        await Say(into, 1);
        var (moved, buried) = (from.Messages[1].Id, from.Messages[2].Id);
        await Commit(into.Take(from, 1));
        await Commit(into.TakeTombstone(from.Id, 2));

        var found = (await Store.Conversations.FindById(Tenant, moved, Token))!;
        Assert.Equal((into.Id, 2), (found.ConversationId, found.Sequence));
        Same.Value(into.Messages[2], found.Message);
        Assert.Equal(new KeptMessage(into.Id, 3, buried, null, null, null), await Store.Conversations.FindById(Tenant, buried, Token));
    }

    [Fact]
    public async Task A_send_that_was_named_is_found_by_its_new_id_and_no_longer_by_the_old()
    {
        var talk = NewTalk();
        var send = Unsent(talk);
        await Commit(talk.Add(send));
        Assert.Equal(send.Id, Assert.Single(await LookUp(send.ExternalId)).MessageId);
        await Commit(talk.Change(send with { ExternalId = "named", Status = MessageStatus.Sent }));

        var found = Assert.Single(await LookUp("named"));
        Assert.Equal((send.Id, 1, Direction.Out), (found.MessageId, found.Sequence, found.Direction));
        Same.Value(talk.Messages[1], found.Message);
        Assert.Empty(await LookUp(send.ExternalId));
        Assert.Equal("named", (await Store.Conversations.FindById(Tenant, send.Id, Token))!.ExternalId);

        // The gateway id is the message's from now on.
        var again = talk.Say("named", Direction.Out);
        Assert.Equal((CommitOutcome.Refused, "named"), await Refusal(again));
    }

    [Fact]
    public async Task A_change_to_an_id_that_another_has_is_refused_and_leaves_nothing()
    {
        var talk = NewTalk();
        var send = Unsent(talk);
        await Commit(talk.Add(send));
        await Commit(talk.Say("taken", Direction.Out));
        var before = talk.Head;

        Assert.Equal((CommitOutcome.Refused, "taken"), await Refusal(talk.Change(send with { ExternalId = "taken" })));
        Same.Value(before, await Store.Conversations.ReadHead(Tenant, talk.Id, Token));
        Assert.Equal(2, Assert.Single(await LookUp("taken")).Sequence);
        Assert.Equal(1, Assert.Single(await LookUp(send.ExternalId)).Sequence);
    }

    [Fact]
    public async Task A_released_message_frees_its_id_for_another_of_the_same_commit()
    {
        var talk = NewTalk();
        var send = Unsent(talk);
        await Commit(talk.Add(send));
        await Commit(talk.Say("echo", Direction.Out, content: Samples.Media()));
        var echo = talk.Messages[2].Id;
        await Commit(talk.TakeId(send with { ExternalId = "echo", Status = MessageStatus.Sent }, from: 2));

        Assert.Equal((send.Id, 1), Place(Assert.Single(await LookUp("echo"))));
        Assert.Empty(await LookUp(send.ExternalId));
        Assert.Equal(new KeptMessage(talk.Id, 2, echo, null, null, null), await Store.Conversations.FindById(Tenant, echo, Token));
        var kept = await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 9, Token);
        Assert.Equal([send.Id, echo], kept.Select(message => message.MessageId));
        Assert.Null(kept[1].Message);
        Assert.False(await Store.Conversations.NamesMedia(Tenant, Samples.Sha256, Token));
    }

    [Fact]
    public async Task A_released_tombstone_frees_its_id_too()
    {
        var talk = NewTalk();
        await Commit(talk.Say("echo", Direction.Out));
        await Commit(talk.Delete());
        await Commit(talk.Erase(1));
        var send = Unsent(talk);
        await Commit(talk.Add(send));
        await Commit(talk.TakeId(send with { ExternalId = "echo" }, from: 1));

        Assert.Equal((send.Id, 2), Place(Assert.Single(await LookUp("echo"))));
    }

    [Fact]
    public async Task What_comes_in_the_commit_that_releases_it_comes_as_a_tombstone()
    {
        var talk = NewTalk();
        var send = Unsent(talk);
        await Commit(talk.Add(send));
        var echo = talk.NewMessage("echo", Direction.Out, content: Samples.Media());
        var added = talk.Add(echo);
        var commit = talk.TakeId(send with { ExternalId = "echo" }, from: 2);
        await Commit(commit with { Head = commit.Head with { Version = 2 }, Added = added.Added, Events = added.Events });

        Assert.Equal((send.Id, 1), Place(Assert.Single(await LookUp("echo"))));
        Assert.Equal(new KeptMessage(talk.Id, 2, echo.Id, null, null, null), await Store.Conversations.FindById(Tenant, echo.Id, Token));
        Assert.False(await Store.Conversations.NamesMedia(Tenant, Samples.Sha256, Token));
    }

    [Fact]
    public async Task What_moves_in_the_commit_that_releases_it_arrives_as_a_tombstone()
    {
        var (from, into) = (NewTalk(1), NewTalk(2));
        await Commit(from.Say("echo", Direction.Out));
        var send = Unsent(into);
        await Commit(into.Add(send));
        var echo = from.Messages[1].Id;
        var taken = into.Take(from, 1);
        var commit = into.TakeId(send with { ExternalId = "echo" }, from: 2);
        await Commit(commit with { Head = commit.Head with { Version = 2 }, Moved = taken.Moved });

        Assert.Equal((into.Id, 1), (await LookUp("echo")).Select(message => (message.ConversationId, message.Sequence)).Single());
        Assert.Equal(new KeptMessage(into.Id, 2, echo, null, null, null), await Store.Conversations.FindById(Tenant, echo, Token));
    }

    [Fact]
    public async Task What_is_changed_and_released_in_one_commit_is_released()
    {
        var talk = NewTalk();
        var send = Unsent(talk);
        await Commit(talk.Add(send));
        await Commit(talk.Say("echo", Direction.Out));
        var echo = talk.Messages[2];
        var commit = talk.TakeId(send with { ExternalId = "echo" }, from: 2);
        await Commit(commit with { Changed = [echo with { Status = MessageStatus.Read }, .. commit.Changed] });

        Assert.Equal((send.Id, 1), Place(Assert.Single(await LookUp("echo"))));
        Assert.Null((await Store.Conversations.FindById(Tenant, echo.Id, Token))!.Message);
    }

    [Fact]
    public async Task Released_ids_are_as_if_they_had_never_come()
    {
        var talk = NewTalk();
        await Commit(talk.Say("a", Direction.Out));
        await Commit(talk.Say("b", Direction.Out));
        await Commit(talk.Say("c", Direction.In));
        await Commit(talk.Release(1, 2, 3));
        Assert.Empty(await LookUp("a", "b", "c"));
        Assert.Equal(0, await Store.Conversations.CountUnread(Tenant, talk.Id, 0, 9, Token));

        // One that has given up its id already has none to give.
        await Commit(talk.Release(1));
        await Commit(talk.Say("a", Direction.Out));
        Assert.Equal(4, Assert.Single(await LookUp("a")).Sequence);
    }

    [Fact]
    public async Task What_was_released_moves_with_its_conversation()
    {
        var (from, into) = (NewTalk(1), NewTalk(2));
        await Commit(from.Say("a", Direction.Out));
        await Commit(from.Say("b", Direction.Out));
        await Commit(into.Say("a", Direction.Out));
        var (one, two) = (from.Messages[1].Id, from.Messages[2].Id);
        await Commit(from.Release(1, 2));
        await Commit(into.TakeTombstone(from.Id, 1));
        await Commit(into.TakeTombstone(from.Id, 2));

        var kept = await Store.Conversations.ReadAfter(Tenant, into.Id, 1, 9, Token);
        Assert.Equal([(one, 2), (two, 3)], kept.Select(Place));
        Assert.Equal((into.Id, 1), (await LookUp("a")).Select(message => (message.ConversationId, message.Sequence)).Single());
        Assert.Empty(await LookUp("b"));
    }

    private static Message Unsent(Talk talk)
    {
        var message = talk.NewMessage(direction: Direction.Out, status: MessageStatus.Pending);
        return message with
        {
            ExternalId = Message.UnsentId(message.Id),
            RequestedTo = "+55 (11) 98765-0001 👍",
            Metadata = "{\"order\":\"é \\\"7\\\"\"}",
            RetryOf = Ids.Next(message.CreatedAt),
            ExpiresAt = message.CreatedAt.AddTicks(1234567),
        };
    }

    private static (Guid Id, long Sequence) Place(KeptMessage message) => (message.MessageId, message.Sequence);

    private async Task<IReadOnlyList<KeptMessage>> LookUp(params string[] externalIds) =>
        (await Store.Conversations.LookUp(Tenant, externalIds, Token)).Messages;

    private async Task<(CommitOutcome Outcome, string? ExternalId)> Refusal(ConversationCommit commit)
    {
        var result = await Store.Conversations.Commit(commit, Token);
        return (result.Outcome, result.ExternalId);
    }
}
