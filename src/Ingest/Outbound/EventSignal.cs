using Parley.Ports;

namespace Parley.Ingest.Outbound;

/// <summary>What all watchers of one log share: the task that they await, and the latest events.</summary>
/// <param name="number">How this log counts: positions of a tenant, or running numbers of a shard.</param>
internal sealed class EventSignal(Func<LoggedEvent, long> number)
{
    private const int Most = 512;

    private TaskCompletionSource _next = New();
    private LoggedEvent[] _latest = [];

    /// <summary>Guarded by the tail's lock.</summary>
    public int Watchers { get; set; }

    public Task Next() => Volatile.Read(ref _next).Task;

    /// <summary>Called by the tail alone.</summary>
    public void Pulse(IReadOnlyList<LoggedEvent> events)
    {
        if (events.Count > 0)
        {
            var before = _latest.Length > 0 && number(_latest[^1]) + 1 == number(events[0]) ? _latest : [];
            Volatile.Write(ref _latest, [.. before.Concat(events).TakeLast(Most)]);
        }

        Interlocked.Exchange(ref _next, New()).TrySetResult();
    }

    public IReadOnlyList<LoggedEvent>? After(long after, int limit)
    {
        var latest = Volatile.Read(ref _latest);
        if (latest.Length == 0 || number(latest[^1]) < after || number(latest[0]) > after + 1)
        {
            return null;
        }

        var start = (int)Math.Max(after + 1 - number(latest[0]), 0);
        return latest[start..(int)Math.Min((long)start + limit, latest.Length)];
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
