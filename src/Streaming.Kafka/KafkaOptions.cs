using Microsoft.Extensions.Logging;

namespace Parley.Streaming.Kafka;

/// <summary>Which Kafka, and which topics of it. The topics' names are fixed but for their prefix.</summary>
public sealed record KafkaOptions
{
    /// <summary>The brokers, <c>host:port</c> with commas between them.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>What all topics' names begin with.</summary>
    public string TopicPrefix { get; init; } = "parley.";

    /// <summary>Events of conversations and their messages. Key: <c>tenant/conversationId</c>.</summary>
    public string Conversations => TopicPrefix + "conversations";

    /// <summary>Events of sessions and endpoints. Key: <c>tenant/id</c>.</summary>
    public string Sessions => TopicPrefix + "sessions";

    /// <summary>Webhooks that wait for the grains. Key: whose they are and the instance's name.</summary>
    public string Webhooks => TopicPrefix + "webhooks";

    /// <summary>Partitions of a topic that Parley makes. Those of <see cref="Webhooks"/> must not be changed while something waits there.</summary>
    public int Partitions { get; init; } = 16;

    /// <summary>The consumer group that takes webhooks in.</summary>
    public string WebhooksGroup => TopicPrefix + "webhooks.intake";

    /// <summary>The largest record of <see cref="Webhooks"/>, bytes: not more than the brokers' <c>message.max.bytes</c>. A larger body goes to
    /// the media store.</summary>
    public int MostRecordBytes { get; init; } = 1_000_000;

    /// <summary>How much of one partition of <see cref="Webhooks"/> a silo keeps in memory, bytes.</summary>
    public int CacheBytes { get; init; } = 4 << 20;

    /// <summary>Settings of the client by librdkafka's names, such as those of SASL and TLS.</summary>
    public IReadOnlyDictionary<string, string> Client { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The topics of events. However many partitions they have, they do.</summary>
    internal IEnumerable<KafkaTopic> EventTopics(TimeProvider time, ILogger<KafkaTopic> logger) =>
        new[] { Conversations, Sessions }.Select(name => new KafkaTopic(BootstrapServers, Client, name, Partitions, 1, time, logger));

    /// <summary>The topic of webhooks: where each goes follows from the number of its partitions.</summary>
    internal KafkaTopic WebhooksTopic(TimeProvider time, ILogger<KafkaTopic> logger) =>
        new(BootstrapServers, Client, Webhooks, Partitions, Partitions, time, logger);

    /// <summary>A fresh copy of <see cref="Client"/>: what is set beside it counts more.</summary>
    internal Dictionary<string, string> ClientSettings() => new(Client, StringComparer.Ordinal);
}
