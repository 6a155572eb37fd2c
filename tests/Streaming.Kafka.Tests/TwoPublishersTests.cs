using Parley.Ports;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>Two publishers of one shard, one of which stands still at some step while the other goes on, and wakes up later.</summary>
public sealed class TwoPublishersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("read the place")]
    [InlineData("read the log")]
    [InlineData("render")]
    [InlineData("move the place")]
    [InlineData("moved the place")]
    public async Task Nothing_is_lost_and_each_conversation_keeps_its_order(string step)
    {
        await using var shop = new Shop(await KafkaServer.Required());
        await shop.MakeTopics();
        await shop.Say("acme", 4, 5);
        var gate = new Gate(step);
        using var ownProducer = shop.NewProducer();
        var stale = shop.Publisher(
            new GatedPlaces(shop.Places, gate), new GatedRenderer(shop.Renderer, gate), new GatedLog(shop.Log, gate), ownProducer);
        var sleeping = stale.Step(Token);
        await gate.Reached;

        await shop.PublishAll();
        await shop.Say("globex", 3, 4);
        await shop.PublishAll();
        var place = await shop.Places.ReadPlace("kafka:0", Token);
        gate.Open();
        await sleeping;
        while (await stale.Step(Token))
        {
        }

        Assert.True(await shop.HasAll());
        Assert.Equal(32, place);
        Assert.Equal(32, await shop.Places.ReadPlace("kafka:0", Token));
    }

    [Fact]
    public async Task Two_at_once_under_load_lose_nothing()
    {
        await using var shop = new Shop(await KafkaServer.Required());
        await shop.MakeTopics();
        using var ownProducer = shop.NewProducer();
        var saying = shop.Say("acme", 10, 30);
        await Task.WhenAll(new[] { shop.Publisher(), shop.Publisher(producer: ownProducer) }.Select(async publisher =>
        {
            while (!saying.IsCompleted || await publisher.Step(Token))
            {
                await publisher.Step(Token);
            }
        }));
        await saying;

        Assert.True(await shop.HasAll());
        Assert.Equal(300, await shop.Places.ReadPlace("kafka:0", Token));
    }

    [Fact]
    public async Task A_step_that_failed_is_done_again()
    {
        await using var shop = new Shop(await KafkaServer.Required());
        await shop.MakeTopics();
        await shop.Say("acme", 2, 3);
        var publisher = shop.Publisher();
        var fails = true;
        shop.Renderer.Before = () => fails ? throw new StoreUnavailableException("away") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => publisher.Step(Token));
        Assert.Null(await shop.Places.ReadPlace("kafka:0", Token));

        fails = false;
        while (await publisher.Step(Token))
        {
        }

        Assert.True(await shop.HasAll());
    }

    [Fact]
    public async Task What_was_dropped_before_it_was_published_is_passed_over()
    {
        await using var shop = new Shop(await KafkaServer.Required());
        await shop.MakeTopics();
        await shop.Say("acme", 1, 3);
        await shop.PublishAll();
        await shop.Say("acme", 1, 3);
        await shop.Log.ExpireEvents(DateTimeOffset.UtcNow.AddHours(1), Token);
        await shop.Say("acme", 1, 2);
        await shop.PublishAll();

        Assert.Equal([1, 2, 3, 7, 8], Topics.Read(shop.Options).Select(static r => r.Position()).Order());
    }

    /// <summary>Where one publisher stands still.</summary>
    private sealed class Gate(string step)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(20));

        public void Open() => _open.TrySetResult();

        public async Task<T> Pass<T>(string here, Func<Task<T>> call, string? after = null)
        {
            await Stop(here);
            var answer = await call();
            if (after is not null)
            {
                await Stop(after);
            }

            return answer;
        }

        private Task Stop(string here)
        {
            if (here != step)
            {
                return Task.CompletedTask;
            }

            _reached.TrySetResult();
            return _open.Task;
        }
    }

    private sealed class GatedPlaces(IPlaceStore places, Gate gate) : IPlaceStore
    {
        public Task<long?> ReadPlace(string name, CancellationToken cancellationToken) =>
            gate.Pass("before the place", () => places.ReadPlace(name, cancellationToken), "read the place");

        public Task<bool> MovePlace(string name, long? from, long to, CancellationToken cancellationToken) =>
            gate.Pass("move the place", () => places.MovePlace(name, from, to, cancellationToken), "moved the place");
    }

    private sealed class GatedRenderer(IEventRenderer renderer, Gate gate) : IEventRenderer
    {
        public Task<IReadOnlyList<RenderedEvent>> Render(string tenantId, IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken) =>
            gate.Pass("render", () => renderer.Render(tenantId, events, cancellationToken));
    }

    private sealed class GatedLog(IEventLog log, Gate gate) : IEventLog
    {
        public int Shards => log.Shards;

        public int ShardFor(string tenantId) => log.ShardFor(tenantId);

        public Task<IReadOnlyList<LoggedEvent>> ReadShard(int shard, long after, int limit, CancellationToken cancellationToken) =>
            gate.Pass("", () => log.ReadShard(shard, after, limit, cancellationToken), "read the log");

        public Task<IReadOnlyList<LoggedEvent>> ReadEvents(string tenantId, long after, int limit, CancellationToken cancellationToken) =>
            log.ReadEvents(tenantId, after, limit, cancellationToken);

        public Task<LogBounds> ReadBounds(string tenantId, CancellationToken cancellationToken) => log.ReadBounds(tenantId, cancellationToken);

        public Task<IReadOnlyList<LogBounds>> ReadShardBounds(CancellationToken cancellationToken) => log.ReadShardBounds(cancellationToken);

        public Task<IReadOnlyList<long>> ReadHeads(CancellationToken cancellationToken) => log.ReadHeads(cancellationToken);

        public Task<long> FindPosition(string tenantId, DateTimeOffset loggedBefore, CancellationToken cancellationToken) =>
            log.FindPosition(tenantId, loggedBefore, cancellationToken);

        public Task<long> FindRunning(int shard, DateTimeOffset loggedBefore, CancellationToken cancellationToken) =>
            log.FindRunning(shard, loggedBefore, cancellationToken);

        public Task WaitForNews(CancellationToken cancellationToken) => log.WaitForNews(cancellationToken);

        public Task<int> ExpireEvents(DateTimeOffset before, CancellationToken cancellationToken) => log.ExpireEvents(before, cancellationToken);
    }
}
