using Confluent.Kafka;

namespace Parley.Streaming.Kafka;

/// <summary>Producers of what must not be lost: a record counts when all in-sync replicas have it.</summary>
internal static class Producers
{
    /// <summary>What may wait in memory for a broker, KiB.</summary>
    private const int MostKilobytes = 64 * 1024;

    /// <summary>How long a record is tried. Whoever wants it longer puts it again.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <param name="client">Settings of the client by librdkafka's names; what is set here counts more.</param>
    /// <param name="mostBytes">Of one record; null = the client's default.</param>
    public static IProducer<byte[], byte[]> Make(string servers, IReadOnlyDictionary<string, string> client, int? mostBytes = null) =>
        new ProducerBuilder<byte[], byte[]>(Config(servers, client, mostBytes))
            .SetErrorHandler(static (_, _) => { })
            .SetLogHandler(static (_, _) => { })
            .Build();

    private static ProducerConfig Config(string servers, IReadOnlyDictionary<string, string> client, int? mostBytes) => new(new Dictionary<string, string>(client, StringComparer.Ordinal))
    {
        BootstrapServers = servers,
        Acks = Acks.All,
        LingerMs = 1,
        MessageTimeoutMs = (int)Timeout.TotalMilliseconds,
        MessageMaxBytes = mostBytes,
        QueueBufferingMaxKbytes = MostKilobytes,
        CompressionType = CompressionType.Lz4,

        // A broker that comes back is to be found within a moment.
        ReconnectBackoffMs = 50,
        ReconnectBackoffMaxMs = 1_000,
    };
}
