using System.Collections.Concurrent;
using Parley.Ports;

namespace Parley.Api.Auth;

/// <summary>Remembers what the store found for a few seconds, and longer only for while the store does not answer.</summary>
/// <remarks>What was not found is never remembered: a new key works at once. What is revoked through this node ends at once,
/// elsewhere after <see cref="Fresh"/>.</remarks>
/// <param name="standsIn">How long an old answer may stand in for a store that is down; null = ten minutes.</param>
internal sealed class ShortCache<TValue>(TimeProvider time, TimeSpan? standsIn = null)
    where TValue : class
{
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    /// <summary>How long an old answer may stand in for a store that is down, so that webhooks reach the intake, which waits.</summary>
    private readonly TimeSpan _standsIn = standsIn ?? TimeSpan.FromMinutes(10);

    /// <summary>How long to wait for a store while there is an old answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private const int Bound = 20_000;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>How often something was forgotten: what was read before is not remembered after it.</summary>
    private long _forgotten;

    /// <param name="patience">How long to wait for a store while there is no old answer.</param>
    /// <exception cref="StoreException">The store did not answer, and nothing stands in for it.</exception>
    public async ValueTask<TValue?> Get(
        string key, Func<CancellationToken, Task<TValue?>> find, TimeSpan patience, CancellationToken cancellationToken)
    {
        // By a clock that does not step back: what is revoked elsewhere would count for as long.
        var now = time.GetTimestamp();
        var entry = _entries.GetValueOrDefault(key);
        if (entry is not null && time.GetElapsedTime(entry.ReadAt, now) < Fresh)
        {
            return entry.Value;
        }

        var isStandIn = entry is not null && time.GetElapsedTime(entry.ReadAt, now) < _standsIn;
        var forgotten = Volatile.Read(ref _forgotten);
        try
        {
            return Remember(key, await find(cancellationToken).WaitAsync(isStandIn ? Patience : patience, time, cancellationToken), now, forgotten);
        }
        catch (Exception e) when (isStandIn && e is (StoreException or TimeoutException))
        {
            return entry!.Value;
        }
        catch (TimeoutException e)
        {
            throw new StoreUnavailableException("A credential could not be looked up in time.", e);
        }
    }

    /// <summary>Whether something was found under a key, however long ago, and not forgotten since.</summary>
    public bool Has(string key) => _entries.ContainsKey(key);

    public void Forget(Func<TValue, bool> which)
    {
        // First: what was read before this may be on its way to be remembered.
        Interlocked.Increment(ref _forgotten);
        foreach (var (key, entry) in _entries)
        {
            if (which(entry.Value))
            {
                _entries.TryRemove(key, out _);
            }
        }
    }

    private TValue? Remember(string key, TValue? value, long now, long forgotten)
    {
        if (value is null)
        {
            _entries.TryRemove(key, out _);
            return null;
        }

        if (_entries.Count >= Bound)
        {
            _entries.Clear();
        }

        var entry = new Entry(value, now);
        _entries[key] = entry;
        if (Volatile.Read(ref _forgotten) != forgotten)
        {
            _entries.TryRemove(KeyValuePair.Create(key, entry));
        }

        return value;
    }

    private sealed record Entry(TValue Value, long ReadAt);
}
