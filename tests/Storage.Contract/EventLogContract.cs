using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Ports;

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

    [Fact]
    public async Task Rows_name_their_tenant_number_and_time()
    {
        await Say(NewTalk(), 2);
        Time.Advance(TimeSpan.FromMinutes(1));
        await Say(NewTalk(1, OtherTenant), 1);

        var one = await Events();
        Assert.Equal([(Tenant, 1L, Now.AddMinutes(-1)), (Tenant, 2L, Now.AddMinutes(-1))], one.Select(e => (e.TenantId, e.Position, e.LoggedAt)));
        var other = Assert.Single(await Events(OtherTenant));
        Assert.Equal((OtherTenant, 1L, Now), (other.TenantId, other.Position, other.LoggedAt));
    }

    [Fact]
    public async Task A_shards_running_numbers_have_no_gap_and_follow_the_positions_of_its_tenants()
    {
        var tenants = TenantsOfOneShard(3);
        var talks = tenants.SelectMany(tenant => Enumerable.Range(1, 10).Select(contact => NewTalk(contact, tenant))).ToList();
        await Task.WhenAll(talks.Select(async talk =>
        {
            for (var i = 0; i < 4; i++)
            {
                await Commit(talk.Say());
            }
        }));

        var events = await Store.Events.ReadShard(Store.Events.ShardFor(tenants[0]), 0, 10_000, Token);
        Assert.Equal(Enumerable.Range(1, 120).Select(i => (long)i), events.Select(e => e.Running));
        foreach (var tenant in tenants)
        {
            var own = events.Where(e => e.TenantId == tenant).ToList();
            Assert.Equal(Enumerable.Range(1, 40).Select(i => (long)i), own.Select(e => e.Position));
            Same.Values(await Events(tenant), own);
        }

        Assert.Equal([7, 8], (await Store.Events.ReadShard(Store.Events.ShardFor(tenants[0]), 6, 2, Token)).Select(e => e.Running));
        Assert.Empty(await Store.Events.ReadShard(Store.Events.ShardFor(tenants[0]), 120, 2, Token));
    }

    [Fact]
    public async Task Bounds_and_heads_tell_what_is_kept()
    {
        var shard = Store.Events.ShardFor(Tenant);
        Assert.Equal(new LogBounds(1, 0), await Store.Events.ReadBounds(Tenant, Token));
        Assert.Equal(Enumerable.Repeat(new LogBounds(1, 0), Store.Events.Shards), await Store.Events.ReadShardBounds(Token));
        Assert.Equal(Enumerable.Repeat(0L, Store.Events.Shards), await Store.Events.ReadHeads(Token));

        var talk = NewTalk();
        await Say(talk, 3);
        Time.Advance(TimeSpan.FromDays(1));
        await Say(talk, 2);
        await AssertBounds(new LogBounds(1, 5));

        await Store.Events.ExpireEvents(Now, Token);
        await AssertBounds(new LogBounds(4, 5));
        Assert.True((await Store.Events.ReadBounds(Tenant, Token)).Reaches(3));
        Assert.False((await Store.Events.ReadBounds(Tenant, Token)).Reaches(2));

        await Store.Events.ExpireEvents(Now.AddDays(1), Token);
        await AssertBounds(new LogBounds(6, 5));
        await Say(talk, 1);
        await AssertBounds(new LogBounds(6, 6));
        Assert.Equal(6, Assert.Single(await Store.Events.ReadShard(shard, 5, 9, Token)).Running);
        Assert.Equal(new LogBounds(1, 0), await Store.Events.ReadBounds("nobody", Token));

        async Task AssertBounds(LogBounds bounds)
        {
            Assert.Equal(bounds, await Store.Events.ReadBounds(Tenant, Token));
            Assert.Equal(bounds, (await Store.Events.ReadShardBounds(Token))[shard]);
            Assert.Equal(bounds.Last, (await Store.Events.ReadHeads(Token))[shard]);
        }
    }

    [Fact]
    public async Task A_number_is_found_by_its_time()
    {
        var shard = Store.Events.ShardFor(Tenant);
        var talk = NewTalk();
        var start = Now;
        for (var i = 0; i < 9; i++)
        {
            await Say(talk, 1 + (i % 2));
            Time.Advance(TimeSpan.FromHours(1));
        }

        var events = await Events();
        for (var hour = -1; hour < 11; hour++)
        {
            await AssertFound(start.AddHours(hour), events.LastOrDefault(e => e.LoggedAt < start.AddHours(hour))?.Position ?? 0);
        }

        await Store.Events.ExpireEvents(start.AddHours(4), Token);
        await AssertFound(start, 6);
        await AssertFound(start.AddHours(5), 7);
        await Store.Events.ExpireEvents(start.AddHours(40), Token);
        await AssertFound(start.AddHours(5), events.Count);
        Assert.Equal(0, await Store.Events.FindPosition("nobody", start, Token));

        async Task AssertFound(DateTimeOffset before, long number)
        {
            Assert.Equal(number, await Store.Events.FindPosition(Tenant, before, Token));
            Assert.Equal(number, await Store.Events.FindRunning(shard, before, Token));
        }
    }

    [Fact]
    public async Task A_clock_that_went_back_makes_nothing_older_than_what_came_before()
    {
        var talk = NewTalk();
        await Say(talk, 1);
        var first = Now;
        Time.AdjustTime(Now.AddDays(-30));
        await Say(talk, 1);
        Time.AdjustTime(first.AddDays(1));
        await Say(talk, 1);

        Assert.Equal([first, first, Now], (await Events()).Select(e => e.LoggedAt));
        Assert.Equal(0, await Store.Events.ExpireEvents(Now.AddDays(-7), Token));
        Assert.Equal(2, await Store.Events.FindPosition(Tenant, Now, Token));
    }

    [Fact]
    public async Task News_are_told_once_and_none_is_missed()
    {
        var waiting = Store.Events.WaitForNews(Token);
        Assert.False(waiting.IsCompleted);
        await Say(NewTalk(1), 1);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Token);

        // Nobody waited meanwhile.
        await Say(NewTalk(2), 2);
        await Store.Events.WaitForNews(Token).WaitAsync(TimeSpan.FromSeconds(10), Token);

        using var stop = new CancellationTokenSource();
        var quiet = Store.Events.WaitForNews(stop.Token);
        Assert.False(quiet.IsCompleted);
        await stop.CancelAsync();
        await quiet.WaitAsync(TimeSpan.FromSeconds(10), Token);

        // Whoever gave up takes nothing from others.
        await Say(NewTalk(3), 1);
        await Store.Events.WaitForNews(Token).WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    private List<string> TenantsOfOneShard(int count) =>
        [.. Enumerable.Range(0, 200).Select(static i => $"tenant-{i}").Where(tenant => Store.Events.ShardFor(tenant) == 1 % Store.Events.Shards).Take(count)];
}
