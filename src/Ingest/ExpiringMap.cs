using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Parley.Ingest;

/// <summary>What a node found lately: bounded in number and in age. Only what was found is kept, never what was missed.</summary>
internal sealed class ExpiringMap<TKey, TValue>(TimeProvider time, TimeSpan age, int capacity)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, (TValue Value, long At)> _entries = new();

    /// <summary>Writes between two looks at all entries: few enough that what is over its age is soon gone, and many enough that a look costs little.</summary>
    private readonly int _sweepsAfter = Math.Max(1, capacity / 4);

    /// <summary>Writes since the last look.</summary>
    private int _written;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_entries.TryGetValue(key, out var entry) && IsFresh(entry.At))
        {
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    public void Set(TKey key, TValue value)
    {
        if (Interlocked.Increment(ref _written) == _sweepsAfter)
        {
            Sweep();
            Interlocked.Exchange(ref _written, 0);
        }

        _entries[key] = (value, time.GetTimestamp());
    }

    public void Remove(TKey key) => _entries.TryRemove(key, out _);

    private bool IsFresh(long at) => time.GetElapsedTime(at) < age;

    private void Sweep()
    {
        foreach (var (key, entry) in _entries)
        {
            // One that was written meanwhile is fresh again; dropping it costs one read.
            if (!IsFresh(entry.At))
            {
                _entries.TryRemove(key, out _);
            }
        }

        // Emptying it costs some reads once in a long while, and no bookkeeping at every use.
        if (_entries.Count > capacity - _sweepsAfter)
        {
            _entries.Clear();
        }
    }
}
