using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Rows that change their conversation in a merge.</summary>
public abstract class MoveContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task A_moved_message_is_only_where_it_went()
    {
        var (from, into) = await Two();
        var id = from.Messages[1].Id;
        await Commit(into.Take(from, 1));

        Assert.Equal([2], (await Store.Conversations.ReadAfter(Tenant, from.Id, 0, 9, Token)).Select(message => message.Sequence));
        var kept = await Store.Conversations.ReadAfter(Tenant, into.Id, 0, 9, Token);
        Same.Values(into.Messages.Values, kept.Select(message => message.Message!));
        Assert.Equal(id, kept[^1].MessageId);
        Assert.Equal((into.Id, 2), await Place("from-1"));
        Assert.Equal(into.Id, (await Store.Queries.FindMessage(Tenant, id, Token))!.Head.ConversationId);
        var all = await Store.Queries.ListMessages(Tenant, new MessagesFilter(), new PageRequest(50), Token);
        Assert.Equal((3, 3), (all.Rows.Count, all.Total));
    }

    [Fact]
    public async Task A_moved_tombstone_keeps_its_id_and_its_gateway_id()
    {
        var (from, into) = await Two();
        var id = from.Messages[2].Id;
        await Commit(into.TakeTombstone(from.Id, 2));

        var found = Assert.Single((await Store.Conversations.LookUp(Tenant, ["from-2"], Token)).Messages);
        Assert.Equal((into.Id, 2, id), (found.ConversationId, found.Sequence, found.MessageId));
        Assert.Null(found.Message);
        Assert.Null(await Store.Queries.FindMessage(Tenant, id, Token));
    }

    [Fact]
    public async Task What_was_a_tombstone_already_moves_too()
    {
        var (from, into) = await Two();
        await Commit(from.Erase(1));
        await Commit(into.TakeTombstone(from.Id, 1));

        Assert.Equal((into.Id, 2), await Place("from-1"));
    }

    [Fact]
    public async Task A_double_is_only_removed()
    {
        var (from, into) = await Two();
        await Commit(into.DropDouble(from.Id, 1));

        Assert.Empty((await Store.Conversations.LookUp(Tenant, ["from-1"], Token)).Messages);
        Assert.Single(await Store.Conversations.ReadAfter(Tenant, into.Id, 0, 9, Token));
        Assert.Single(await Store.Conversations.ReadAfter(Tenant, from.Id, 0, 9, Token));
    }

    [Fact]
    public async Task A_move_of_what_is_not_there_is_refused_and_leaves_nothing()
    {
        var (from, into) = await Two();
        var before = into.Head;
        var commit = into.Take(from, 1);
        var bad = commit with { Moved = [commit.Moved[0], new MovedMessage(from.Id, 77, null, 3)] };

        Assert.Equal(CommitOutcome.Refused, (await Store.Conversations.Commit(bad, Token)).Outcome);
        Same.Value(before, await Store.Conversations.ReadHead(Tenant, into.Id, Token));
        Assert.Equal((from.Id, 1), await Place("from-1"));
    }

    [Fact]
    public async Task A_move_onto_the_same_gateway_id_is_refused()
    {
        var (from, into) = await Two();
        await Commit(into.Say("from-1"));

        Assert.Equal("from-1", (await Store.Conversations.Commit(into.Take(from, 1), Token)).ExternalId);
    }

    [Fact]
    public async Task A_page_of_moves_is_one_commit()
    {
        var from = NewTalk(2);
        await Commit(from.Add([.. Enumerable.Range(0, 200).Select(i => from.NewMessage(ahead: i))]));
        var into = NewTalk(1);
        await Commit(into.Say());
        var moves = new List<MovedMessage>();
        ConversationCommit? last = null;
        var head = into.Head;
        for (var sequence = 1; sequence <= 200; sequence++)
        {
            last = into.Take(from, sequence);
            moves.AddRange(last.Moved);
        }

        await Commit(last! with { Head = last.Head with { Version = head.Version + 1 }, Moved = [.. moves] });

        Assert.Equal(201, (await Store.Conversations.ReadAfter(Tenant, into.Id, 0, 500, Token)).Count);
        Assert.Empty(await Store.Conversations.ReadAfter(Tenant, from.Id, 0, 500, Token));
    }

    [Fact]
    public async Task A_sealed_conversation_leaves_the_lists_and_shows_where_it_went()
    {
        var (from, into) = await Two();
        await Commit(from.Set(head => head with { MergedInto = into.Id }));

        var listed = await Store.Queries.ListConversations(Tenant, new ConversationFilter(), new PageRequest(10), Token);
        Assert.Equal([into.Id], listed.Rows.Select(row => row.Head.ConversationId));
        Assert.Equal(1, listed.Total);
        Assert.Equal(into.Id, (await Store.Queries.ReadConversation(Tenant, from.Id, Token))!.Head.MergedInto);
    }

    [Fact]
    public async Task A_delete_mark_covers_what_is_still_to_be_taken_over()
    {
        var (from, into) = await Two();
        await Commit(from.Say(content: Samples.Media()));
        await Commit(from.Set(head => head with { MergedInto = into.Id }));
        await Commit(into.Set(head => head with { TakingOver = [new TakeOver(from.Id, 0, 3, 0, 3, null)] }));

        Assert.Null(await Store.Queries.FindMessage(Tenant, from.Messages[1].Id, Token));
        Assert.False(await Store.Conversations.NamesMedia(Tenant, Samples.Sha256, Token));
        var listed = await Store.Queries.ListMessages(Tenant, new MessagesFilter(), new PageRequest(10), Token);
        Assert.Equal([into.Messages[1].Id], listed.Rows.Select(row => row.Message.Id));
        Assert.Equal(3, (await Store.Conversations.ReadAfter(Tenant, from.Id, 0, 9, Token)).Count);
    }

    private async Task<(Talk From, Talk Into)> Two()
    {
        var from = NewTalk(2);
        await Commit(from.Say("from-1"));
        await Commit(from.Say("from-2", Direction.Out));
        var into = NewTalk(1);
        await Commit(into.Say("into-1"));
        return (from, into);
    }

    private async Task<(string, long)> Place(string externalId)
    {
        var found = Assert.Single((await Store.Conversations.LookUp(Tenant, [externalId], Token)).Messages);
        return (found.ConversationId, found.Sequence);
    }
}
