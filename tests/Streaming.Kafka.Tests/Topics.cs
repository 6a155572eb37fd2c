using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>The topics of events, as a test uses them.</summary>
internal static class Topics
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What a process is told, to publish there.</summary>
    public static string[] Arguments(this KafkaOptions options) =>
        ["--ConnectionStrings:Kafka", options.BootstrapServers, "--Parley:Kafka:TopicPrefix", options.TopicPrefix, "--Parley:Kafka:Partitions", "3"];

    /// <returns>The records of both topics, each partition's in its order; nothing while the broker is away.</returns>
    public static IReadOnlyList<ConsumeResult<string, byte[]>> Read(KafkaOptions options)
    {
        try
        {
            return ReadAll(options);
        }
        catch (KafkaException)
        {
            return [];
        }
    }

    public static string Header(this ConsumeResult<string, byte[]> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));

    public static long Position(this ConsumeResult<string, byte[]> record) =>
        long.Parse(record.Header("ce_position"), CultureInfo.InvariantCulture);

    /// <summary>As a consumer does that drops what it has seen: of each key, in the order of arrival, what is beyond all before it.</summary>
    public static IReadOnlyDictionary<string, List<long>> WithoutRepeats(this IEnumerable<ConsumeResult<string, byte[]>> records)
    {
        var seen = new Dictionary<string, List<long>>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            if (!seen.TryGetValue(record.Message.Key, out var positions))
            {
                seen.Add(record.Message.Key, positions = []);
            }

            if (positions.Count == 0 || record.Position() > positions[^1])
            {
                positions.Add(record.Position());
            }
        }

        return seen;
    }

    private static List<ConsumeResult<string, byte[]>> ReadAll(KafkaOptions options)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = options.BootstrapServers,
            GroupId = Guid.NewGuid().ToString("N"),
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = new[] { options.Conversations, options.Sessions }
            .SelectMany(topic => admin.GetMetadata(topic, Patience).Topics.Where(static t => !t.Error.IsError))
            .SelectMany(static topic => topic.Partitions.Select(p => new TopicPartitionOffset(topic.Topic, p.PartitionId, Offset.Beginning)))
            .ToList();
        var records = new List<ConsumeResult<string, byte[]>>();
        if (partitions.Count == 0)
        {
            return records;
        }

        consumer.Assign(partitions);
        var open = partitions.Select(static p => p.TopicPartition).ToHashSet();
        var deadline = DateTime.UtcNow + Patience;
        while (open.Count > 0 && DateTime.UtcNow < deadline)
        {
            var read = consumer.Consume(TimeSpan.FromMilliseconds(200));
            if (read is { IsPartitionEOF: true })
            {
                open.Remove(read.TopicPartition);
            }
            else if (read is not null)
            {
                records.Add(read);
                deadline = DateTime.UtcNow + Patience;
            }
        }

        return records;
    }
}
