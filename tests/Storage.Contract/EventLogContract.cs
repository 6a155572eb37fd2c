using Parley.Domain.Conversations;
using Parley.Domain.Events;

namespace Parley.Storage.Contract;

/// <summary>Each tenant's log has positions 1, 2, 3, … without a gap.</summary>
public abstract class EventLogContract(IStoreFixture fixture) : StoreTests(fixture)
{
    [Fact]
    public async Task Positions_have_no_gap_whatever_goes_at_once()
    {
        var talks = Enumerable.Range(1, 60).Select(contact => NewTalk(contact, contact % 3 == 0 ? OtherTenant : Tenant)).ToList();
        await Task.WhenAll(talks.Select(async talk =>
        {
            for (var i = 0; i < 5; i++)
            {
                await Commit(talk.Say());
            }
        }));

        foreach (var (tenant, count) in new[] { (Tenant, 200), (OtherTenant, 100) })
        {
            var events = await Events(tenant);
            Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i), events.Select(logged => logged.Position));
            foreach (var group in events.GroupBy(logged => logged.Subject))
            {
                Assert.Equal([1, 2, 3, 4, 5], group.Select(logged => logged.Facts.Number));
            }
        }
    }

    [Fact]
    public async Task Facts_come_back_whole()
    {
        var facts = new EventFacts
        {
            Type = EventType.ConversationMerged,
            Number = 1,
            At = Now.AddTicks(3),
            SessionId = "shop-1",
            MessageId = Ids.Next(Now),
            Sequence = 3,
            Origin = Domain.Messages.MessageOrigin.History,
            Previous = Domain.Messages.MessageStatus.Pending,
            Current = Domain.Messages.MessageStatus.OutcomeUnknown,
            From = "1:2",
            Into = "1:3",
            FirstSequence = 4,
            LastSequence = 5,
            PreviousSession = Domain.Sessions.SessionStatus.Creating,
            CurrentSession = Domain.Sessions.SessionStatus.Open,
            Reason = "conflict",
        };
        var talk = NewTalk();
        await Commit(talk.Say() with { Events = [facts] });

        var logged = Assert.Single(await Events());
        Assert.Equal((1, talk.Id), (logged.Position, logged.Subject));
        Assert.Equal(facts, logged.Facts);
    }

    [Fact]
    public async Task Is_read_after_a_position_up_to_a_limit()
    {
        await Say(NewTalk(), 10);

        Assert.Equal([4, 5, 6], (await Store.Events.ReadEvents(Tenant, 3, 3, Token)).Select(logged => logged.Position));
        Assert.Equal([9, 10], (await Store.Events.ReadEvents(Tenant, 8, 50, Token)).Select(logged => logged.Position));
        Assert.Empty(await Store.Events.ReadEvents(Tenant, 10, 50, Token));
        Assert.Empty(await Store.Events.ReadEvents(OtherTenant, 0, 50, Token));
    }

    [Fact]
    public async Task What_is_old_expires_and_positions_go_on()
    {
        var talk = NewTalk();
        await Say(talk, 3);
        Time.Advance(TimeSpan.FromDays(1));
        await Say(talk, 2);

        Assert.Equal(3, await Store.Events.ExpireEvents(Now, Token));
        Assert.Equal([4, 5], (await Events()).Select(logged => logged.Position));

        Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2, await Store.Events.ExpireEvents(Now, Token));
        Assert.Empty(await Events());
        Assert.Equal(0, await Store.Events.ExpireEvents(Now, Token));

        await Commit(talk.Say());
        Assert.Equal(6, Assert.Single(await Events()).Position);
    }

    [Fact]
    public async Task Many_old_events_of_several_tenants_expire()
    {
        var talk = NewTalk();
        var other = NewTalk(1, OtherTenant);
        await Commit(talk.Add([.. Enumerable.Range(0, 700).Select(i => talk.NewMessage(ahead: i))]));
        await Commit(other.Add([.. Enumerable.Range(0, 600).Select(i => other.NewMessage(ahead: i))]));
        Time.Advance(TimeSpan.FromDays(8));

        Assert.Equal(1300, await Store.Events.ExpireEvents(Now.AddDays(-7), Token));
    }

    [Fact]
    public async Task An_events_age_counts_from_its_numbering()
    {
        var talk = NewTalk();
        var commit = talk.Say();
        ConversationCommit old = commit with { Events = [commit.Events[0] with { At = Now.AddYears(-1) }] };
        await Commit(old);

        Assert.Equal(0, await Store.Events.ExpireEvents(Now.AddDays(-7), Token));
    }
}
