namespace Parley.Streaming.Kafka.Streams;

/// <summary>One topic as a source of Orleans streams.</summary>
public sealed record KafkaStreamOptions
{
    /// <summary>The brokers, <c>host:port</c> with commas between them.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>Settings of the client by librdkafka's names, such as those of SASL and TLS.</summary>
    public IReadOnlyDictionary<string, string> Client { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public required string Topic { get; init; }

    /// <summary>The consumer group under which the silos keep how far they are. All of them must name the same, and nobody else.</summary>
    public required string GroupId { get; init; }

    /// <summary>The namespace of the streams of records that nobody's stream adapter wrote: the record's key is the stream's key.</summary>
    public required string Namespace { get; init; }

    /// <summary>How many of the topic's partitions are read, each as one queue. The same in every silo and for ever: by it a stream finds its
    /// partition.</summary>
    public required int Partitions { get; init; }

    /// <summary>How much of one partition is kept in memory until it is done, bytes. One record more may be.</summary>
    public int CacheBytes { get; init; } = 4 << 20;

    /// <summary>How often what is done is stored in Kafka: so much is read once more after a silo was killed.</summary>
    public TimeSpan CommitEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often it is stored though nothing has changed. Kafka forgets after a week (<c>offsets.retention.minutes</c>) what nobody has told it
    /// since, and the last word of a silo that was frozen may come after that of its successor.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often an idle queue is looked at.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>After this long a record that was delivered and is not done is delivered again.</summary>
    public TimeSpan RedeliverAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a stream without records is remembered by whoever delivers. A subscriber that is added later is found within twice this.</summary>
    public TimeSpan ForgetsStreamsAfter { get; init; } = TimeSpan.FromMinutes(10);
}
