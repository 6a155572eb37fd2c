using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Ports;
using Parley.Storage.Contract;
using Parley.Storage.Sqlite;
using Parley.Streaming.Kafka.Publishing;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>A store whose events go to Kafka, in topics of its own.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("parley-test-");
    private readonly ServiceProvider _services;

    public Shop(string servers)
    {
        Options = new KafkaOptions { BootstrapServers = servers, TopicPrefix = KafkaServer.FreshPrefix(), Partitions = 3 };
        _services = new ServiceCollection()
            .AddLogging()
            .AddSqliteStorage(new SqliteOptions { DataDirectory = _data.FullName })
            .BuildServiceProvider();
        Producer = NewProducer();
    }

    public KafkaOptions Options { get; set; }

    public EventProducer Producer { get; }

    public PlainRenderer Renderer { get; } = new();

    public PublisherMetrics Metrics { get; } = new(TimeProvider.System);

    public IEventLog Log => _services.GetRequiredService<IEventLog>();

    public IPlaceStore Places => _services.GetRequiredService<IPlaceStore>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task MakeTopics() =>
        Task.WhenAll(Options.EventTopics(TimeProvider.System, NullLogger<KafkaTopic>.Instance).Select(static topic => topic.Ensure())).WaitAsync(Token);

    public EventProducer NewProducer() => new(Options, TimeProvider.System, NullLogger<EventProducer>.Instance);

    public ShardPublisher Publisher(IPlaceStore? places = null, IEventRenderer? renderer = null, IEventLog? log = null, EventProducer? producer = null) =>
        new(0, log ?? Log, places ?? Places, renderer ?? Renderer, producer ?? Producer, Metrics, NullLogger.Instance);

    /// <summary>Publishes until nothing waits.</summary>
    public async Task PublishAll()
    {
        var publisher = Publisher();
        while (await publisher.Step(Token))
        {
        }
    }

    /// <summary>Commits messages of several conversations, one commit each.</summary>
    public async Task Say(string tenantId, int conversations, int messages)
    {
        var store = _services.GetRequiredService<IConversationStore>();
        await Task.WhenAll(Enumerable.Range(1, conversations).Select(async contact =>
        {
            var talk = new Talk(tenantId, contact + (_said * 1_000), TimeProvider.System);
            for (var i = 0; i < messages; i++)
            {
                Assert.Equal(CommitResult.Done, await store.Commit(talk.Say(), Token));
            }
        }));
        _said++;
    }

    private int _said;

    /// <summary>Whether a reader of the topics who drops repeats has every event of the log, and each conversation's in order.</summary>
    public async Task<bool> HasAll()
    {
        var seen = Topics.Read(Options).WithoutRepeats();
        var log = await Log.ReadShard(0, 0, 100_000, Token);
        return log.GroupBy(static e => $"{e.TenantId}/{e.Subject}").All(
            subject => seen.TryGetValue(subject.Key, out var positions) && positions.SequenceEqual(subject.Select(static e => e.Position)));
    }

    public async ValueTask DisposeAsync()
    {
        Producer.Dispose();
        Metrics.Dispose();
        await _services.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
