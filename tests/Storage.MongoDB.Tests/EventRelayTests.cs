using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.Contract;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>The relay numbers every event once, whoever else runs, and each conversation's in their order.</summary>
public sealed class EventRelayTests : IAsyncLifetime
{
    private const string Tenant = "acme";

    /// <summary>The first look, those at the outbox (its oldest rows, the firsts of its conversations, one that came in another order), at the
    /// positions and the shard, their two updates, the log, what is taken from the outbox, and the commit.</summary>
    private const int CommandsOfRelay = 11;

    private const int Talks = 3;

    /// <summary>Not all that is left at once: of a conversation whose last events come first the others are looked for.</summary>
    private const int AtOnce = 3;

    private MongoOptions _options = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IConversationStore Store => _services.GetRequiredService<IConversationStore>();

    private IEventRelay Relay => _services.GetRequiredService<IEventRelay>();

    private IMongoCollection<BsonDocument> Outbox => _services.GetRequiredService<MongoDatabase>().Collections.Outbox;

    public async ValueTask InitializeAsync()
    {
        _options = new MongoOptions { ConnectionString = await Databases.Take() };
        _services = await MongoFixture.Services(_options);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Databases.GiveBack(_options.ConnectionString);
    }

    [Fact]
    public async Task Nothing_is_in_the_log_before_the_relay_ran()
    {
        await Store.Commit(new Talk(Tenant, 1, TimeProvider.System).Say(), Token);
        Assert.Empty(await Log());

        var shard = Assert.Single(await Relay.WaitingShards(Token));
        Assert.Equal(1, await Relay.Relay(shard, 10, Token));
        Assert.Equal(1, Assert.Single(await Log()).Position);
        Assert.Empty(await Relay.WaitingShards(Token));
        Assert.Equal(0, await Relay.Relay(shard, 10, Token));
    }

    [Fact]
    public async Task Two_relays_at_once_number_each_event_once()
    {
        const int talks = 20;
        const int messages = 10;
        await using var other = await MongoFixture.Services(_options);
        var relays = new[] { Relay, other.GetRequiredService<IEventRelay>() };
        var shard = ShardOfTenant();
        var writing = Task.WhenAll(Enumerable.Range(1, talks).Select(async contact =>
        {
            var talk = new Talk(Tenant, contact, TimeProvider.System);
            for (var i = 0; i < messages; i++)
            {
                Assert.Equal(CommitResult.Done, await Store.Commit(talk.Say(), Token));
            }
        }));
        await Task.WhenAll(relays.Select(async relay =>
        {
            while (!writing.IsCompleted || await Outbox.Find(new BsonDocument()).AnyAsync(Token))
            {
                await relay.Relay(shard, 7, Token);
            }
        }));
        await writing;

        AssertComplete(await Log(), talks * messages, messages);
    }

    [Fact]
    public async Task Of_two_relays_of_one_moment_one_is_refused()
    {
        for (var round = 0; round < 5; round++)
        {
            var talk = new Talk(Tenant, 100 + round, TimeProvider.System);
            await Store.Commit(talk.Say(), Token);
            var shard = ShardOfTenant();
            var moved = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Relay.Relay(shard, 100, Token)));
            Assert.Equal(1, moved.Sum());
        }

        Assert.Equal([1, 2, 3, 4, 5], (await Log()).Select(logged => logged.Position));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task The_order_of_ids_is_no_order(int limit)
    {
        const int messages = 6;
        for (var contact = 1; contact <= 3; contact++)
        {
            var talk = new Talk(Tenant, contact, TimeProvider.System);
            for (var i = 0; i < messages; i++)
            {
                await Store.Commit(talk.Say(), Token);
            }
        }

        await Shuffle(new Random(limit));
        var shard = ShardOfTenant();
        while (await Relay.Relay(shard, limit, Token) > 0)
        {
        }

        AssertComplete(await Log(), 3 * messages, messages);
    }

    [Fact]
    public async Task A_history_is_numbered_in_transactions_of_some_hundred_events()
    {
        // As a sync leaves it: commits of hundreds of events each, far more than one transaction can take in its time.
        const int each = 300;
        var talk = new Talk(Tenant, 1, TimeProvider.System);
        for (var commit = 0; commit < 20; commit++)
        {
            await Store.Commit(talk.Add([.. Enumerable.Range(0, each).Select(i => talk.NewMessage(ahead: i))]), Token);
        }

        await Shuffle(new Random(7));
        var moved = new List<int>();
        while (await Relay.Relay(ShardOfTenant(), 500, Token) is > 0 and var count)
        {
            moved.Add(count);
        }

        Assert.All(moved, count => Assert.Equal(2 * each, count));
        AssertComplete(await Log(), 20 * each, 20 * each);
    }

    [Fact]
    public async Task A_shard_can_be_followed_by_its_running_number()
    {
        // Two tenants of one shard.
        var tenants = Enumerable.Range(0, 200).Select(i => $"tenant-{i}").GroupBy(Rows.ShardOf.Tenant).First(group => group.Count() > 1).Take(2).ToList();
        foreach (var tenant in tenants)
        {
            var talk = new Talk(tenant, 1, TimeProvider.System);
            await Store.Commit(talk.Say(), Token);
            await Store.Commit(talk.Say(), Token);
        }

        await Relay.Relay(Rows.ShardOf.Tenant(tenants[0]), 3, Token);
        await Relay.Relay(Rows.ShardOf.Tenant(tenants[0]), 3, Token);
        var rows = await _services.GetRequiredService<MongoDatabase>().Collections.Events
            .Find(new BsonDocument()).Sort(new BsonDocument(Rows.Field.Running, 1)).ToListAsync(Token);
        Assert.Equal([1, 2, 3, 4], rows.Select(row => row[Rows.Field.Running].AsInt64));
        foreach (var tenant in tenants)
        {
            Assert.Equal([1, 2], (await Log(tenant)).Select(logged => logged.Position));
        }
    }

    [Fact]
    public async Task Commits_of_this_process_tell_their_shard()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var arrivals = Relay.Arrivals(stop.Token).GetAsyncEnumerator(Token);
        var next = arrivals.MoveNextAsync().AsTask();
        await Store.Commit(new Talk(Tenant, 1, TimeProvider.System).Say(), Token);

        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(10), Token));
        Assert.Equal(ShardOfTenant(), arrivals.Current);
        await stop.CancelAsync();
    }

    [Theory]
    [InlineData(ProxyAction.LoseCommand, false)]
    [InlineData(ProxyAction.LoseAnswer, false)]
    [InlineData(ProxyAction.LoseCommand, true)]
    public async Task A_relay_that_is_broken_off_at_any_of_its_commands_leaves_all_to_the_next(ProxyAction action, bool dies)
    {
        // Each in a shard of its own, so that what they leave open is waited for once.
        var tenants = Enumerable.Range(0, 200).Select(i => $"tenant-{i}").DistinctBy(Rows.ShardOf.Tenant).Take(CommandsOfRelay + 1).ToList();
        await Task.WhenAll(tenants.Select(tenant => Leave(NewTalks(tenant), 2)));
        await Reorder(Array.Reverse);
        var broken = await Task.WhenAll(tenants.Select((tenant, i) => BreakOff(tenant, i + 1, action, dies)));
        Assert.Equal(tenants.Select(static (_, i) => i < CommandsOfRelay), broken);

        await Task.WhenAll(tenants.Select(async tenant =>
        {
            await Finish(tenant);
            AssertComplete(await Log(tenant), Talks * 2, 2);
        }));
    }

    [Fact]
    public async Task Of_two_relays_one_of_which_waits_at_any_of_its_commands_each_event_is_numbered_once()
    {
        await using var proxy = MongoProxy.Before(_options.ConnectionString);
        await using var slow = OtherNode(proxy.Url);
        var (bySlow, byFast) = (0, 0);
        var logged = await AtEachCommand(async nth =>
        {
            var count = 0;
            var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
            proxy.OnCommand = async name =>
            {
                if (IsOfRelay(name) && Interlocked.Increment(ref count) == nth)
                {
                    reached.SetResult();
                    await release.Task;
                }

                return ProxyAction.Forward;
            };
            var slowly = TryRelay(slow, Tenant);
            await Task.WhenAny(reached.Task, slowly).WaitAsync(TimeSpan.FromSeconds(10), Token);
            if (reached.Task.IsCompleted)
            {
                var fast = await Relay.Relay(ShardOfTenant(), AtOnce, Token);
                release.SetResult();
                Assert.True(fast + await slowly >= AtOnce, "Each was in the other's way.");
                (bySlow, byFast) = (bySlow + await slowly, byFast + fast);
            }

            await slowly;
            proxy.Heal();
            return reached.Task.IsCompleted;
        });

        Assert.Equal(logged, (await Log()).Count);
        Assert.True(bySlow > 0 && byFast > 0, "One of them was always the first.");
    }

    private static bool IsOfRelay(string command) =>
        command is "find" or "aggregate" or "update" or "insert" or "delete" or "commitTransaction";

    private static ServiceProvider OtherNode(string url) => new ServiceCollection()
        .AddMongoStorage(new MongoOptions { ConnectionString = url })
        .BuildServiceProvider();

    private static async Task<int> TryRelay(ServiceProvider node, string tenant)
    {
        try
        {
            return await node.GetRequiredService<IEventRelay>().Relay(Rows.ShardOf.Tenant(tenant), AtOnce, Token);
        }
        catch (StoreException)
        {
            return 0;
        }
    }

    private static int ShardOfTenant() => Rows.ShardOf.Tenant(Tenant);

    private static void AssertComplete(IReadOnlyList<LoggedEvent> log, int count, int each)
    {
        Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i), log.Select(logged => logged.Position));
        foreach (var subject in log.GroupBy(logged => logged.Subject))
        {
            Assert.Equal(Enumerable.Range(1, each).Select(i => (long)i), subject.Select(logged => logged.Facts.Number));
        }
    }

    /// <summary>Runs a step, with events that wait, for the relay's first command, then for its second, and so on until it has no more.</summary>
    /// <param name="step">Is told which command, and how many events wait; says whether the relay came so far.</param>
    /// <returns>How many events were left to the relay.</returns>
    private async Task<int> AtEachCommand(Func<int, Task<bool>> step)
    {
        const int messages = 2;
        var talks = NewTalks(Tenant);
        var goesOn = true;
        for (var nth = 1; goesOn; nth++)
        {
            await Leave(talks, messages);
            await Reorder(Array.Reverse);
            goesOn = await step(nth);
            await Finish(Tenant);
            AssertComplete(await Log(), nth * Talks * messages, nth * messages);
        }

        return talks.Sum(static talk => talk.Messages.Count);
    }

    /// <param name="dies">Nothing of it reaches the server after that.</param>
    /// <returns>Whether it came to the command.</returns>
    private async Task<bool> BreakOff(string tenant, int nth, ProxyAction action, bool dies)
    {
        await using var proxy = MongoProxy.Before(_options.ConnectionString);
        await using var node = OtherNode(proxy.Url);
        var count = 0;
        proxy.OnCommand = name => Task.FromResult(
            IsOfRelay(name) && Interlocked.Increment(ref count) == nth ? action
            : dies && Volatile.Read(ref count) >= nth ? ProxyAction.LoseCommand
            : ProxyAction.Forward);
        await TryRelay(node, tenant);
        return count >= nth;
    }

    private static List<Talk> NewTalks(string tenant) =>
        [.. Enumerable.Range(1, Talks).Select(contact => new Talk(tenant, contact, TimeProvider.System))];

    private async Task Leave(List<Talk> talks, int messages)
    {
        foreach (var talk in talks.SelectMany(talk => Enumerable.Repeat(talk, messages)))
        {
            Assert.Equal(CommitResult.Done, await Store.Commit(talk.Say(), Token));
        }
    }

    private async Task Finish(string tenant)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        var shard = Rows.ShardOf.Tenant(tenant);
        while ((await Relay.WaitingShards(patience.Token)).Contains(shard))
        {
            if (await Relay.Relay(shard, AtOnce, patience.Token) == 0)
            {
                // What a dead one left open is in the way until it is found out to be idle.
                await Task.Delay(20, patience.Token);
            }
        }
    }

    /// <summary>Gives the rows of the outbox ids in another order, as nodes with other clocks would.</summary>
    private Task Shuffle(Random random) => Reorder(random.Shuffle);

    private async Task Reorder(Action<BsonValue[]> reorder)
    {
        var rows = await Outbox.Find(new BsonDocument()).ToListAsync(Token);
        await Outbox.DeleteManyAsync(new BsonDocument(), Token);
        foreach (var shard in rows.GroupBy(static row => row["_id"][Rows.Field.Shard].AsInt32))
        {
            var ids = shard.Select(static row => row["_id"]).ToArray();
            reorder(ids);
            await Outbox.InsertManyAsync(shard.Select((row, i) => new BsonDocument(row) { ["_id"] = ids[i] }), cancellationToken: Token);
        }
    }

    private Task<IReadOnlyList<LoggedEvent>> Log(string tenant = Tenant) =>
        _services.GetRequiredService<IEventLog>().ReadEvents(tenant, 0, 10_000, Token);
}
