using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Work;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>A commit is atomic, fenced by its version, and seen by whoever reads after its answer.</summary>
public abstract class ConversationCommitContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task Nothing_is_kept_under_an_unknown_id()
    {
        Assert.Null(await Store.Conversations.ReadHead(Tenant, "1:2", Token));
        Assert.Empty(await Store.Conversations.ReadAfter(Tenant, "1:2", 0, 10, Token));
        Assert.Equal(0, await Store.Conversations.CountUnread(Tenant, "1:2", 0, 100, Token));
        Assert.Empty((await Store.Conversations.LookUp(Tenant, ["x"], Token)).Messages);
    }

    [Fact]
    public async Task What_was_answered_is_read()
    {
        var talk = NewTalk();
        await Say(talk, 3);

        Same.Value(talk.Head, await Store.Conversations.ReadHead(Tenant, talk.Id, Token));
        var kept = await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 500, Token);
        Same.Values(talk.Messages.Values, kept.Select(message => message.Message!));
        Assert.Equal([1, 2, 3], kept.Select(message => message.Sequence));
        Assert.All(kept, message => Assert.Equal(talk.Id, message.ConversationId));
        Assert.All(kept, message => Assert.Equal(message.Message!.Id, message.MessageId));
        Assert.Equal(3, (await Events()).Count);
    }

    [Fact]
    public async Task Every_field_of_a_message_comes_back()
    {
        var talk = NewTalk();
        await Commit(talk.Add(Samples.Full(talk.NewMessage(), Now)));
        await Commit(talk.Say(content: new MessageContent { Type = MessageType.System }));

        var kept = await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 500, Token);
        Same.Values(talk.Messages.Values, kept.Select(message => message.Message!));
        Assert.False(kept[1].Message!.Reactions.IsDefault);
        Assert.False(kept[1].Message!.Content.Mentions.IsDefault);
    }

    [Fact]
    public async Task Every_field_of_a_head_comes_back()
    {
        var talk = NewTalk();
        await Commit(talk.Say());
        await Commit(talk.Set(head => head with
        {
            Contact = new Party(Address.Parse("5511980000001"), Address.Parse("100000000000011@lid")),
            SessionIds = ["shop-1", "shop 2"],
            ReadUpTo = 1,
            DeletedUpTo = 0,
            ErasedUpTo = 0,
            MergedInto = "9:9",
            TakingOver = [new TakeOver("1:2", 3, 4, 5, 0, null) { SealedMark = 1 }],
            CreatedAt = Now.AddTicks(1),
            Sends =
            [
                new Send
                {
                    MessageId = Ids.Next(Now),
                    Sequence = 1,
                    State = SendState.Leaving,
                    SessionId = "shop 2",
                    Fingerprint = "f",
                    ExpiresAt = Now.AddTicks(7),
                    Since = Now.AddTicks(9),
                    Token = Guid.NewGuid(),
                    Hindrance = "session_not_open",
                    Line = Address.Parse("5511900000000"),
                },
                new Send
                {
                    MessageId = Ids.Next(Now),
                    Sequence = 2,
                    State = SendState.Unknown,
                    SessionId = "shop-1",
                    Fingerprint = "",
                    ExpiresAt = Now,
                    Since = Now,
                    Line = Address.Parse("5511900000000"),
                },
            ],
        }));

        Same.Value(talk.Head, await Store.Conversations.ReadHead(Tenant, talk.Id, Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public async Task A_commit_on_another_version_is_stale_and_leaves_nothing(long version)
    {
        var talk = NewTalk();
        await Commit(talk.Say());
        var before = talk.Head;
        var next = talk.Say();
        var stale = Loaded(next) with { Head = next.Head with { Version = version } };

        Assert.Equal(CommitOutcome.Stale, (await Store.Conversations.Commit(stale, Token)).Outcome);
        await AssertNothingHappened(before, stale);
    }

    [Fact]
    public async Task A_first_commit_must_not_find_one_there()
    {
        var talk = NewTalk();
        var rival = NewTalk();
        await Commit(talk.Say("a"));

        Assert.Equal(CommitResult.Stale, await Store.Conversations.Commit(rival.Say("b"), Token));
        Assert.Empty((await Store.Conversations.LookUp(Tenant, ["b"], Token)).Messages);
    }

    [Fact]
    public async Task Of_two_owners_one_wins_each_version()
    {
        var one = NewTalk();
        await Commit(one.Say("start"));
        var other = NewTalk();
        _ = other.Say("start");

        var results = await Task.WhenAll(
            Store.Conversations.Commit(one.Say("x"), Token), Store.Conversations.Commit(other.Say("y"), Token));

        Assert.Single(results, result => result.Outcome == CommitOutcome.Done);
        Assert.Single(results, result => result.Outcome == CommitOutcome.Stale);
        Assert.Equal(2, (await Events()).Count);
        Assert.Single((await Store.Conversations.LookUp(Tenant, ["x", "y"], Token)).Messages);
    }

    [Fact]
    public async Task A_pair_that_leads_elsewhere_refuses_the_commit_and_nothing_is_left()
    {
        var talk = NewTalk(1);
        await Commit(talk.Say());
        var other = NewTalk(2);
        await Commit(other.Say());
        var before = other.Head;
        var taken = Loaded(other.Say()) with { Aliases = [AddressPair.Of(Address.Parse("77777"), Address.Parse("88888")), .. talk.Head.Aliases] };

        var result = await Store.Conversations.Commit(taken, Token);

        Assert.Equal(new CommitResult(CommitOutcome.PairTaken, talk.Head.Aliases[0]), result);
        await AssertNothingHappened(before, taken);
        Assert.Empty(await Store.Addresses.FindConversations(Tenant, [taken.Aliases[0]], Token));
    }

    [Fact]
    public async Task A_pair_of_its_own_may_be_named_again()
    {
        var talk = NewTalk();
        await Commit(talk.Say());
        await Commit(talk.Say() with { Aliases = talk.Head.Aliases });
        Assert.Equal(talk.Id, (await Store.Addresses.FindConversations(Tenant, talk.Head.Aliases, Token)).Single().Value);
    }

    [Fact]
    public async Task A_gateway_id_that_is_there_already_is_refused_and_nothing_is_left()
    {
        var talk = NewTalk();
        await Commit(talk.Say("same"));
        var before = talk.Head;
        var again = Loaded(talk.Add(talk.NewMessage("new"), talk.NewMessage("same", ahead: 1)));

        var result = await Store.Conversations.Commit(again, Token);

        Assert.Equal(new CommitResult(CommitOutcome.Refused, ExternalId: "same"), result);
        await AssertNothingHappened(before, again);
    }

    [Fact]
    public async Task A_message_id_that_is_there_already_is_refused()
    {
        var talk = NewTalk();
        await Commit(talk.Say("one"));
        var before = talk.Head;
        var again = talk.Add(talk.NewMessage("two") with { Id = talk.Messages[1].Id });

        Assert.Equal("two", (await Store.Conversations.Commit(again, Token)).ExternalId);
        Same.Value(before, await Store.Conversations.ReadHead(Tenant, talk.Id, Token));
    }

    [Fact]
    public async Task A_sequence_that_is_there_already_is_refused()
    {
        var talk = NewTalk();
        await Commit(talk.Say("one"));
        var next = talk.Say("two");
        var again = next with { Added = [next.Added[0] with { Sequence = 1 }] };

        Assert.Equal(CommitOutcome.Refused, (await Store.Conversations.Commit(again, Token)).Outcome);
        Assert.Equal("one", (await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 9, Token)).Single().ExternalId);
    }

    [Fact]
    public async Task The_same_gateway_id_is_kept_once_for_each_direction_and_conversation()
    {
        var talk = NewTalk(1);
        await Commit(talk.Say("id", Direction.In));
        await Commit(talk.Say("id", Direction.Out));
        var other = NewTalk(2);
        await Commit(other.Say("id"));

        Assert.Equal(3, (await Store.Conversations.LookUp(Tenant, ["id"], Token)).Messages.Count);
    }

    [Fact]
    public async Task A_bad_commit_does_not_hurt_those_that_went_with_it()
    {
        var talks = Enumerable.Range(1, 40).Select(contact => NewTalk(contact)).ToList();
        await Task.WhenAll(talks.Select(talk => Commit(talk.Say())));

        var commits = talks.Select((talk, i) => (i % 4) switch
        {
            0 => talk.Say() with { Head = talk.Head with { Version = 7 } },
            1 => talk.Say(talk.Messages[1].ExternalId),
            _ => talk.Say(),
        });
        var results = await Task.WhenAll(commits.Select(commit => Store.Conversations.Commit(commit, Token)));

        for (var i = 0; i < results.Length; i++)
        {
            var expected = (i % 4) switch { 0 => CommitOutcome.Stale, 1 => CommitOutcome.Refused, _ => CommitOutcome.Done };
            Assert.Equal(expected, results[i].Outcome);
            var kept = await Store.Conversations.ReadAfter(Tenant, talks[i].Id, 0, 9, Token);
            Assert.Equal(expected == CommitOutcome.Done ? 2 : 1, kept.Count);
        }

        var events = await Events();
        Assert.Equal(Enumerable.Range(1, 60).Select(position => (long)position), events.Select(logged => logged.Position));
    }

    [Fact]
    public async Task Changed_messages_are_found_by_their_sequence()
    {
        var talk = NewTalk();
        await Commit(talk.Add(talk.NewMessage("a", Direction.Out, status: MessageStatus.Pending), talk.NewMessage("b", ahead: 1)));
        Time.Advance(TimeSpan.FromMinutes(1));
        await Commit(talk.Change(talk.Messages[1] with
        {
            Status = MessageStatus.Sent,
            ExternalId = "gateway",
            Timestamp = Now,
            UpdatedAt = Now,
            Content = new MessageContent { Type = MessageType.Text, Text = "edited" },
        }));

        var kept = await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 9, Token);
        Same.Values(talk.Messages.Values, kept.Select(message => message.Message!));
        Assert.Empty((await Store.Conversations.LookUp(Tenant, ["a"], Token)).Messages);
        Assert.Single((await Store.Conversations.LookUp(Tenant, ["gateway"], Token)).Messages);
    }

    [Fact]
    public async Task A_change_of_what_is_not_there_is_refused()
    {
        var talk = NewTalk();
        await Commit(talk.Say("a"));
        var message = talk.Messages[1];
        await Commit(talk.Erase(1));
        var revived = talk.Change(message);

        Assert.Equal(CommitOutcome.Refused, (await Store.Conversations.Commit(revived, Token)).Outcome);
        Assert.Null((await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 9, Token)).Single().Message);
    }

    [Fact]
    public async Task Reads_by_sequence_go_on_after_a_place_and_stop_at_a_limit()
    {
        var talk = NewTalk();
        await Commit(talk.Add([.. Enumerable.Range(0, 20).Select(i => talk.NewMessage(ahead: i))]));
        var neighbour = NewTalk(2);
        await Say(neighbour, 2);

        var kept = await Store.Conversations.ReadAfter(Tenant, talk.Id, 5, 4, Token);
        Assert.Equal([6, 7, 8, 9], kept.Select(message => message.Sequence));
        Assert.Equal(2, (await Store.Conversations.ReadAfter(Tenant, talk.Id, 18, 100, Token)).Count);
        Assert.Empty(await Store.Conversations.ReadAfter(Tenant, talk.Id, 20, 100, Token));
    }

    [Fact]
    public async Task Unread_counts_what_counts_unread_and_is_not_read()
    {
        var talk = NewTalk();
        await Commit(talk.Say());
        await Commit(talk.Say(direction: Direction.Out));
        await Commit(talk.Say(status: MessageStatus.Read));
        await Commit(talk.Add(talk.NewMessage() with { CountsUnread = false }));
        await Commit(talk.Say());
        await Commit(talk.Say());

        Assert.Equal(3, await Store.Conversations.CountUnread(Tenant, talk.Id, 0, 6, Token));
        Assert.Equal(2, await Store.Conversations.CountUnread(Tenant, talk.Id, 1, 6, Token));
        Assert.Equal(1, await Store.Conversations.CountUnread(Tenant, talk.Id, 1, 5, Token));
        Assert.Equal(0, await Store.Conversations.CountUnread(Tenant, talk.Id, 6, 6, Token));
    }

    [Fact]
    public async Task To_dos_and_parked_changes_go_with_the_commit()
    {
        var talk = NewTalk();
        await Commit(talk.Say("m"));
        var parked = await Store.Parking.Park(Tenant, "shop-1", [Changes.Deletion("m", Now)], 10, Now, Token);

        await Commit(talk.Say() with { Unparked = [parked[0].Id], Leaves = [new Erase(talk.Id)] });

        Assert.Empty(await Store.Parking.ListParked(0, 10, Token));
        Assert.Equal([new Erase(talk.Id)], await DueItems(Tenant, 10, Now, Token));
    }

    [Fact]
    public async Task Tenants_with_the_same_ids_do_not_meet()
    {
        var talk = NewTalk(1, Tenant);
        var twin = NewTalk(1, OtherTenant);
        await Commit(talk.Say("id"));
        await Commit(twin.Say("id"));
        await Commit(twin.Say("id2"));

        Assert.Equal(talk.Messages[1].Id, (await Store.Conversations.LookUp(Tenant, ["id", "id2"], Token)).Messages.Single().MessageId);
        Assert.Single(await Store.Conversations.ReadAfter(Tenant, talk.Id, 0, 9, Token));
        Assert.Equal([1, 2], (await Events(OtherTenant)).Select(logged => logged.Position));
        Assert.Null(await Store.Queries.FindMessage(Tenant, twin.Messages[1].Id, Token));
    }

    [Fact]
    public async Task Cancellation_counts_before_a_commit_begins()
    {
        var talk = NewTalk();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Conversations.Commit(talk.Say(), cancelled.Token));
        Assert.Null(await Store.Conversations.ReadHead(Tenant, talk.Id, Token));
    }

    /// <summary>A commit with something of everything.</summary>
    private static ConversationCommit Loaded(ConversationCommit commit) => commit with
    {
        Leaves = [new Erase(commit.Head.ConversationId)],
        Unparked = [1],
        Queued =
        [
            new QueuedSend("shop-1", Guid.CreateVersion7(), commit.Head.ConversationId, 1, commit.Head.Line, SendState.Leaving, "f", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
        ],
        VisibleDelta = 1,
        MessageDelta = 5,
    };

    private async Task AssertNothingHappened(ConversationHead before, ConversationCommit refused)
    {
        Same.Value(before, await Store.Conversations.ReadHead(Tenant, before.ConversationId, Token));
        Assert.Equal(before.LastSequence, (await Store.Conversations.ReadAfter(Tenant, before.ConversationId, 0, 500, Token)).Count);
        Assert.DoesNotContain(
            await Events(), logged => logged.Subject == before.ConversationId && logged.Facts.Number > before.EventNumber);
        Assert.Empty(await DueItems(Tenant, 10, Now, Token));
        Assert.Empty(await Store.Sends.ListSends(Tenant, "shop-1", null, 5, Token));
        foreach (var message in refused.Added)
        {
            Assert.DoesNotContain(
                (await Store.Conversations.LookUp(Tenant, [message.ExternalId], Token)).Messages, kept => kept.MessageId == message.Id);
        }

        var all = await Store.Queries.ListMessages(Tenant, new MessagesFilter(), new PageRequest(200), Token);
        Assert.Equal(all.Rows.Count, all.Total);
    }
}
