using Parley.Ports;

namespace Parley.Ingest.Outbound;

/// <summary>A subscriber's view of one log: when to look, and what came last.</summary>
public sealed class EventWatch : IDisposable
{
    private readonly EventSignal _signal;
    private readonly Action _leave;
    private bool _left;

    internal EventWatch(EventSignal signal, Action leave) => (_signal, _leave) = (signal, leave);

    /// <summary>A task that ends when events come after this call. Taken before the log is read, it misses none.</summary>
    public Task Next() => _signal.Next();

    /// <summary>Events after a number of this log, from memory: positions of a tenant's log, running numbers of a shard's.</summary>
    /// <returns>Null when memory does not have all of them: then the log is to be read.</returns>
    public IReadOnlyList<LoggedEvent>? Latest(long after, int limit) => _signal.After(after, limit);

    public void Dispose()
    {
        if (!_left)
        {
            _left = true;
            _leave();
        }
    }
}
