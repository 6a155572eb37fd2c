using System.Collections.Immutable;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>A commit that takes gateway ids for new without having looked is refused where they are known.</summary>
public abstract class UnseenContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task What_is_new_is_kept()
    {
        var talk = NewTalk();
        var result = await Store.Conversations.Commit(Unseen(talk.Say("new"), "new"), Token);

        Assert.Equal(CommitOutcome.Done, result.Outcome);
        Assert.Empty(result.Seen?.Messages ?? []);
        Assert.Empty(result.Seen?.Parked ?? []);
        Assert.Single((await Store.Conversations.LookUp(Tenant, ["new"], Token)).Messages);
    }

    [Theory]
    [InlineData(Direction.In, 1)]
    [InlineData(Direction.Out, 1)]
    [InlineData(Direction.In, 2)]
    [InlineData(Direction.Out, 2)]
    public async Task A_known_message_of_either_direction_in_any_conversation_refuses_it(Direction direction, int contact)
    {
        var known = NewTalk(1);
        await Commit(known.Say("known", direction));
        var talk = contact == 1 ? known : NewTalk(contact);
        var before = await Store.Conversations.ReadHead(Tenant, talk.Id, Token);

        var result = await Store.Conversations.Commit(Unseen(talk.Add(talk.NewMessage("new"), talk.NewMessage("known", ahead: 1)), "new", "known"), Token);

        Assert.Equal(CommitOutcome.Seen, result.Outcome);
        var seen = Assert.Single(result.Seen!.Messages);
        Assert.Equal((known.Id, 1, "known", direction), (seen.ConversationId, seen.Sequence, seen.ExternalId, seen.Direction));
        Same.Value(known.Messages[1], seen.Message);
        Same.Value(before, await Store.Conversations.ReadHead(Tenant, talk.Id, Token));
        Assert.Empty((await Store.Conversations.LookUp(Tenant, ["new"], Token)).Messages);
        Assert.Single(await Events());
    }

    [Fact]
    public async Task A_tombstone_refuses_it()
    {
        var known = NewTalk();
        await Commit(known.Say("gone"));
        await Commit(known.Delete());
        await Commit(known.Erase(1));

        var result = await Store.Conversations.Commit(Unseen(NewTalk(2).Say("gone"), "gone"), Token);

        Assert.Equal(CommitOutcome.Seen, result.Outcome);
        Assert.Null(Assert.Single(result.Seen!.Messages).Message);
    }

    [Fact]
    public async Task A_parked_change_refuses_it()
    {
        var parked = Assert.Single(await Store.Parking.Park(Tenant, "shop-1", [Changes.Edit("early", "text", Now)], 10, Now, Token));

        var talk = NewTalk();
        var commit = talk.Say("early");
        var result = await Store.Conversations.Commit(Unseen(commit, "early"), Token);

        Assert.Equal(CommitOutcome.Seen, result.Outcome);
        Assert.Equal(parked.Id, Assert.Single(result.Seen!.Parked).Id);
        await Commit(commit with { Unparked = [parked.Id] });
    }

    [Fact]
    public async Task What_another_tenant_knows_is_new()
    {
        await Commit(NewTalk(1, OtherTenant).Say("id"));
        await Store.Parking.Park(OtherTenant, "shop-1", [Changes.Edit("id", "text", Now)], 10, Now, Token);

        var result = await Store.Conversations.Commit(Unseen(NewTalk().Say("id"), "id"), Token);

        Assert.Equal(CommitOutcome.Done, result.Outcome);
    }

    [Fact]
    public async Task An_owner_that_is_behind_sees_what_the_other_kept()
    {
        var talk = NewTalk();
        await Commit(talk.Say("a"));

        Assert.Equal(CommitOutcome.Seen, (await Store.Conversations.Commit(Unseen(NewTalk().Say("a"), "a"), Token)).Outcome);
        Assert.Equal(CommitOutcome.Stale, (await Store.Conversations.Commit(Unseen(NewTalk().Say("b"), "b"), Token)).Outcome);
    }

    [Fact]
    public async Task Of_two_that_pass_each_other_one_sees_the_other()
    {
        for (var i = 0; i < 40; i++)
        {
            var (one, other, id) = (NewTalk(1 + (2 * i)), NewTalk(2 + (2 * i)), $"same-{i}");
            var results = await Task.WhenAll(CommitAndLook(one.Say(id), id), CommitAndLook(other.Say(id), id));
            Assert.Contains(true, results);
        }
    }

    [Fact]
    public async Task A_message_and_its_change_that_pass_each_other_meet()
    {
        for (var i = 0; i < 40; i++)
        {
            var (talk, id) = (NewTalk(1 + i), $"target-{i}");
            var keeping = CommitAndLook(talk.Say(id), id);
            var parking = ParkAndLook(id);
            Assert.True(await keeping | await parking);
        }
    }

    private static ConversationCommit Unseen(ConversationCommit commit, params ImmutableArray<string> ids) => commit with { Unseen = ids };

    /// <returns>Whether it saw another.</returns>
    private async Task<bool> CommitAndLook(ConversationCommit commit, string id)
    {
        await Task.Yield();
        var result = await Store.Conversations.Commit(Unseen(commit, id), Token);
        var seen = result.Seen ?? await Store.Conversations.LookUp(Tenant, [id], Token);
        return result.Outcome == CommitOutcome.Seen
            || seen.Parked.Count > 0
            || seen.Messages.Any(m => m.ConversationId != commit.Head.ConversationId);
    }

    private async Task<bool> ParkAndLook(string id)
    {
        await Task.Yield();
        await Store.Parking.Park(Tenant, "shop-1", [Changes.Edit(id, "text", Now)], 1_000, Now, Token);
        return (await Store.Conversations.LookUp(Tenant, [id], Token)).Messages.Count > 0;
    }
}
