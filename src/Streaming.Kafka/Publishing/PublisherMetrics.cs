using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Parley.Streaming.Kafka.Publishing;

/// <summary>What the publishers of this process tell of themselves.</summary>
public sealed class PublisherMetrics : IDisposable
{
    private readonly Meter _meter = new("Parley.Kafka");
    private readonly ConcurrentDictionary<int, DateTimeOffset> _waiting = [];
    private readonly Counter<long> _published;

    public PublisherMetrics(TimeProvider time)
    {
        _published = _meter.CreateCounter<long>("parley.kafka.published", "{event}", "Events that Kafka has.");
        _meter.CreateObservableGauge(
            "parley.kafka.oldest_unpublished",
            () => _waiting.IsEmpty ? 0 : Math.Max(0, (time.GetUtcNow() - _waiting.Values.DefaultIfEmpty(time.GetUtcNow()).Min()).TotalSeconds),
            "s",
            "Age of the oldest event that this process is to publish and has not.");
    }

    public void Dispose() => _meter.Dispose();

    /// <param name="since">When the oldest event that waits was logged; null = none waits, or another process has the shard.</param>
    internal void Waits(int shard, DateTimeOffset? since)
    {
        if (since is { } at)
        {
            _waiting[shard] = at;
        }
        else
        {
            _waiting.TryRemove(shard, out _);
        }
    }

    internal void Published(int count) => _published.Add(count);
}
