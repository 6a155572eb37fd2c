using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>The queues that this silo reads, and what is measured of them.</summary>
internal sealed class KafkaQueues : IDisposable
{
    /// <summary>With their partitions.</summary>
    private readonly ConcurrentDictionary<KafkaQueue, int> _queues = [];
    private readonly Meter _meter = new("Parley.Streaming.Kafka");

    public KafkaQueues()
    {
        _meter.CreateObservableGauge(
            "parley.kafka.oldest_waiting",
            () => _queues.Keys.Select(static q => q.Waiting.TotalSeconds).DefaultIfEmpty().Max(),
            unit: "s",
            description: "Age of the oldest record that this silo is to read and that is not done; while it cannot read, the time since it could.");
        _meter.CreateObservableGauge(
            "parley.kafka.waiting_bytes",
            () => Bytes,
            unit: "By",
            description: "Records in memory that are not done.");
    }

    public long Bytes => _queues.Keys.Sum(static q => q.Bytes);

    public IReadOnlyList<(KafkaQueue Queue, int Partition)> All => [.. _queues.Select(static q => (q.Key, q.Value))];

    public void Add(KafkaQueue queue, int partition) => _queues.TryAdd(queue, partition);

    public void Remove(KafkaQueue queue) => _queues.TryRemove(queue, out _);

    public void Dispose() => _meter.Dispose();
}
