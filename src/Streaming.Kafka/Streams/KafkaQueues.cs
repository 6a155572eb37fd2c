using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>The queues that this silo reads, and what is measured of them.</summary>
internal sealed class KafkaQueues : IDisposable
{
    private readonly ConcurrentDictionary<KafkaQueue, byte> _queues = [];
    private readonly Meter _meter = new("Parley.Streaming.Kafka");

    public KafkaQueues(TimeProvider time)
    {
        _meter.CreateObservableGauge(
            "parley.kafka.oldest_waiting",
            () => Oldest is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0,
            unit: "s",
            description: "Age of the oldest record that this silo reads and that is not done.");
        _meter.CreateObservableGauge(
            "parley.kafka.waiting_bytes",
            () => Bytes,
            unit: "By",
            description: "Records in memory that are not done.");
    }

    public long Bytes => _queues.Keys.Sum(static q => q.Bytes);

    private DateTimeOffset? Oldest => _queues.Keys.Min(static q => q.Oldest);

    public void Add(KafkaQueue queue) => _queues.TryAdd(queue, 0);

    public void Remove(KafkaQueue queue) => _queues.TryRemove(queue, out _);

    public void Dispose() => _meter.Dispose();
}
