using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Parley.Ingest;

/// <summary>What a node found lately: bounded in number and in age. Only what was found is kept, never what was missed.</summary>
internal sealed class ExpiringMap<TKey, TValue>(TimeProvider time, TimeSpan age, int capacity)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, (TValue Value, long At)> _entries = new();
    private int _count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_entries.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.At) < age)
        {
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    public void Set(TKey key, TValue value)
    {
        // Emptying it costs some reads once in a long while, and no bookkeeping at every use.
        if (Interlocked.Increment(ref _count) > capacity)
        {
            _entries.Clear();
            Interlocked.Exchange(ref _count, 1);
        }

        _entries[key] = (value, time.GetTimestamp());
    }

    public void Remove(TKey key) => _entries.TryRemove(key, out _);
}
