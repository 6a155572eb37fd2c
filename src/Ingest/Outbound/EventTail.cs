using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Ports;

namespace Parley.Ingest.Outbound;

/// <summary>Follows the log for all of this process's subscribers: one look at the shards' heads, one read of each shard that moved.</summary>
/// <remarks>A subscriber has a place of its own and reads the log after it; this only tells it when to look, and spares it most reads by
/// keeping the latest events of the tenants that somebody watches. While nobody watches anything it rests.</remarks>
public sealed partial class EventTail(IEventLog log, TimeProvider time, ILogger<EventTail> logger) : BackgroundService
{
    private const int PageSize = 1000;

    /// <summary>How soon events of another node are seen.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The least time between two looks: under load subscribers find pages, not single events. What comes after a rest is told at once.</summary>
    /// <remarks>Measured with bench/Load (streams, hooks): a shorter one costs ingest more, a longer one only delays.</remarks>
    private static readonly TimeSpan Cadence = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, EventSignal> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<int, EventSignal> _shards = [];
    private TaskCompletionSource _watched = New();
    private long[]? _seen;

    /// <summary>Watches a tenant's log until it is disposed.</summary>
    public EventWatch Watch(string tenantId)
    {
        lock (_lock)
        {
            return Watch(_tenants, tenantId, static e => e.Position);
        }
    }

    /// <summary>Watches a shard's log until it is disposed.</summary>
    public EventWatch Watch(int shard)
    {
        lock (_lock)
        {
            return Watch(_shards, shard, static e => e.Running);
        }
    }

    /// <summary>Follows the log until it is told to stop. Apart from the host, so that the simulator can begin it, too.</summary>
    internal async Task Run(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Watched().WaitAsync(stoppingToken);
            try
            {
                var began = time.GetTimestamp();
                await Look(stoppingToken);
                await NextTime(stoppingToken);
                await Rest(Cadence - time.GetElapsedTime(began), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogLater(logger, e.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Run(stoppingToken);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EventWatch Watch<TKey>(Dictionary<TKey, EventSignal> signals, TKey key, Func<LoggedEvent, long> number)
        where TKey : notnull
    {
        if (!signals.TryGetValue(key, out var signal))
        {
            signals[key] = signal = new EventSignal(number);
        }

        signal.Watchers++;
        _watched.TrySetResult();
        return new EventWatch(signal, () => Leave(signals, key, signal));
    }

    private void Leave<TKey>(Dictionary<TKey, EventSignal> signals, TKey key, EventSignal signal)
        where TKey : notnull
    {
        lock (_lock)
        {
            if (--signal.Watchers == 0)
            {
                signals.Remove(key);
            }
        }
    }

    private Task Watched()
    {
        lock (_lock)
        {
            if (_tenants.Count + _shards.Count == 0)
            {
                // What is logged while nobody watches is not followed.
                _seen = null;
                if (_watched.Task.IsCompleted)
                {
                    _watched = New();
                }
            }

            return _watched.Task;
        }
    }

    private async Task Look(CancellationToken cancellationToken)
    {
        var heads = await log.ReadHeads(cancellationToken);
        if (_seen is not { } seen)
        {
            _seen = [.. heads];
            PulseAll();
            return;
        }

        for (var shard = 0; shard < heads.Count; shard++)
        {
            while (seen[shard] < heads[shard])
            {
                var events = await log.ReadShard(shard, seen[shard], PageSize, cancellationToken);
                if (events.Count == 0)
                {
                    // They were dropped before they were read: whoever needs them finds that out by its place.
                    seen[shard] = heads[shard];
                    break;
                }

                seen[shard] = events[^1].Running;
                Pulse(shard, events);
            }
        }
    }

    private void Pulse(int shard, IReadOnlyList<LoggedEvent> events)
    {
        lock (_lock)
        {
            if (_shards.TryGetValue(shard, out var all))
            {
                all.Pulse(events);
            }

            if (_tenants.Count > 0)
            {
                foreach (var group in events.GroupBy(static e => e.TenantId, StringComparer.Ordinal))
                {
                    if (_tenants.TryGetValue(group.Key, out var tenant))
                    {
                        tenant.Pulse([.. group]);
                    }
                }
            }
        }
    }

    private void PulseAll()
    {
        lock (_lock)
        {
            foreach (var signal in _tenants.Values.Concat(_shards.Values))
            {
                signal.Pulse([]);
            }
        }
    }

    private async Task NextTime(CancellationToken stoppingToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(log.WaitForNews(enough.Token), Task.Delay(Tick, time, enough.Token));
        await enough.CancelAsync();
    }

    private async Task Rest(TimeSpan rest, CancellationToken stoppingToken)
    {
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, time, stoppingToken);
        }
    }

    [LoggerMessage(2501, LogLevel.Warning, "The event log could not be read and will be soon: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
