using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;
using Parley.Streaming.Kafka.Streams;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>Silos in this process that read one topic of the tests' broker.</summary>
internal sealed class StreamCluster : IAsyncDisposable
{
    public const string Provider = "tests";

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly IConsumer<Ignore, Ignore> _asker;

    private StreamCluster(InProcessTestCluster orleans, KafkaStreamOptions options)
    {
        (Orleans, Options) = (orleans, options);
        _producer = Producers.Make(options.BootstrapServers, options.Client);
        _asker = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = options.BootstrapServers, GroupId = options.GroupId }).Build();
    }

    public InProcessTestCluster Orleans { get; }

    public KafkaStreamOptions Options { get; }

    public static async Task<StreamCluster> Start(
        short silos, int partitions = 4, string name = RecordingGrain.Namespace, Func<KafkaStreamOptions, KafkaStreamOptions>? change = null)
    {
        var topic = KafkaServer.FreshPrefix() + "streams";
        var options = new KafkaStreamOptions
        {
            BootstrapServers = await KafkaServer.Required(),
            Topic = topic,
            GroupId = topic,
            Namespace = name,
            Partitions = partitions,
            CommitEvery = TimeSpan.FromMilliseconds(200),
            RedeliverAfter = TimeSpan.FromMilliseconds(500),
        };
        options = change?.Invoke(options) ?? options;
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSiloHost((_, host) => host.Logging.SetMinimumLevel(LogLevel.Critical));
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddKafkaStreams(Provider, options);
            silo.Configure<SiloMessagingOptions>(static o => o.ResponseTimeout = TimeSpan.FromSeconds(5));
            silo.Configure<ClusterMembershipOptions>(static o =>
            {
                (o.ProbeTimeout, o.NumMissedProbesLimit, o.NumVotesForDeathDeclaration) = (TimeSpan.FromMilliseconds(500), 1, 1);
            });
        });
        var orleans = builder.Build();
        await orleans.DeployAsync();
        return new StreamCluster(orleans, options);
    }

    /// <summary>Writes records as a plain producer does, and waits until Kafka has them.</summary>
    public async Task Write(string key, int first, int count, int length = 8)
    {
        var place = new TopicPartition(Options.Topic, Partitioning.Of(key, Options.Partitions));
        await Task.WhenAll(Enumerable.Range(first, count).Select(n => _producer.ProduceAsync(place, new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key),
            Value = Encoding.UTF8.GetBytes(n.ToString("D8", CultureInfo.InvariantCulture).PadRight(length, 'x')),
        })));
    }

    /// <summary>How far the group has the partition of a key done; null = nothing is stored.</summary>
    public long? Stored(string key)
    {
        var place = new TopicPartition(Options.Topic, Partitioning.Of(key, Options.Partitions));
        var stored = _asker.Committed([place], TimeSpan.FromSeconds(10)).Single().Offset;
        return stored.IsSpecial ? null : stored.Value;
    }

    /// <summary>Says for the group how far it is.</summary>
    public void Store(string key, long done) =>
        _asker.Commit([new TopicPartitionOffset(Options.Topic, Partitioning.Of(key, Options.Partitions), done)]);

    public async ValueTask DisposeAsync()
    {
        _producer.Dispose();
        _asker.Dispose();
        await Orleans.DisposeAsync();
    }
}
