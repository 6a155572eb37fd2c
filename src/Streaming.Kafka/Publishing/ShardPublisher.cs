using System.Globalization;
using Microsoft.Extensions.Logging;
using Parley.Ports;

namespace Parley.Streaming.Kafka.Publishing;

/// <summary>Brings the events of one shard into Kafka, a batch after the other: read after the place, rendered, published, and then the place moves.</summary>
/// <remarks>All it knows is in the store. Of two at once one moves the place; the other has published events once more, in their order, and goes on
/// from where the place is. No more than one batch is in memory.</remarks>
internal sealed partial class ShardPublisher(
    int shard, IEventLog log, IPlaceStore places, IEventRenderer renderer, EventProducer producer, PublisherMetrics metrics, ILogger logger)
{
    private const int MostEvents = 500;

    /// <summary>Of a batch, bytes: after one that had more, the next has fewer events.</summary>
    private const long MostBytes = 4 << 20;

    private readonly string _name = NameOf(shard);
    private int _size = 50;
    private long? _place;
    private bool _isKnown;

    /// <summary>Under which a shard's place is kept.</summary>
    public static string NameOf(int shard) => "kafka:" + shard.ToString(CultureInfo.InvariantCulture);

    /// <summary>Publishes the next batch.</summary>
    /// <returns>Whether there may be more.</returns>
    /// <exception cref="Exception">Nothing was lost, and the step can be done again.</exception>
    public async Task<bool> Step(CancellationToken cancellationToken)
    {
        try
        {
            if (!_isKnown)
            {
                _place = await places.ReadPlace(_name, cancellationToken);
                _isKnown = true;
            }

            return await Publish(_place ?? 0, cancellationToken);
        }
        catch
        {
            // Who knows whether it moved.
            _isKnown = false;
            throw;
        }
    }

    private async Task<bool> Publish(long place, CancellationToken cancellationToken)
    {
        var events = await log.ReadShard(shard, place, _size, cancellationToken);
        metrics.Waits(shard, events.Count > 0 ? events[0].LoggedAt : null);
        if (events.Count == 0)
        {
            return false;
        }

        if (events[0].Running > place + 1 && _place is not null)
        {
            LogGap(logger, shard, events[0].Running - place - 1);
        }

        var rendered = await Render(events, cancellationToken);
        await producer.Publish(rendered, cancellationToken);
        metrics.Published(rendered.Length);
        var bytes = rendered.Sum(static e => (long)e.Data.Length);
        _size = bytes > MostBytes ? Math.Max(_size / 2, 1) : Math.Min(_size * 2, MostEvents);
        if (await places.MovePlace(_name, _place, events[^1].Running, cancellationToken))
        {
            _place = events[^1].Running;
        }
        else
        {
            LogMoved(logger, shard);
            _isKnown = false;
        }

        return true;
    }

    /// <summary>One read for each tenant's messages, and the order of the log.</summary>
    private async Task<RenderedEvent[]> Render(IReadOnlyList<LoggedEvent> events, CancellationToken cancellationToken)
    {
        var rendered = new RenderedEvent[events.Count];
        foreach (var tenant in Enumerable.Range(0, events.Count).GroupBy(i => events[i].TenantId, StringComparer.Ordinal))
        {
            var own = tenant.ToList();
            var shown = await renderer.Render(tenant.Key, [.. own.Select(i => events[i])], cancellationToken);
            for (var i = 0; i < own.Count; i++)
            {
                rendered[own[i]] = shown[i];
            }
        }

        return rendered;
    }

    [LoggerMessage(5111, LogLevel.Error, "{Count} events of shard {Shard} were dropped from the log before Kafka took them: it was away for longer than the log is kept.")]
    private static partial void LogGap(ILogger logger, int shard, long count);

    [LoggerMessage(5112, LogLevel.Information, "Another publisher of shard {Shard} was at work: its place counts.")]
    private static partial void LogMoved(ILogger logger, int shard);
}
