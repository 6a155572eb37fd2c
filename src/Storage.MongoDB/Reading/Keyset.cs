using Parley.Ports;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>Makes pages out of scans along an index.</summary>
internal static class Keyset
{
    /// <summary>Rows that a filter may pass over before a scan stops and says where to go on.</summary>
    public const int Bound = 5_000;

    /// <summary>The same while an offset is being skipped: whoever goes on from a key begins to skip nowhere, so it is put off for long.</summary>
    private const int BoundOfOffset = 50_000;

    /// <summary>Rows of an index from after a key on (null = from the start), against the list's order when backwards: each
    /// with its key, and null where a filter passes over it.</summary>
    public delegate IAsyncEnumerable<(SortKey Key, T? Row)> Scan<T>(SortKey? from, bool backwards)
        where T : class;

    public static async Task<Page<T>> Read<T>(Scan<T> scan, PageRequest page, long? total)
        where T : class
    {
        var found = new List<(SortKey Key, T Row)>();
        SortKey? stoppedAt = null;
        var more = false;
        var skipped = 0;
        var missed = 0;
        await foreach (var (key, row) in scan(page.From, page.Backwards))
        {
            if (row is null)
            {
                if (++missed >= (skipped < page.Offset ? BoundOfOffset : Bound))
                {
                    stoppedAt = key;
                    break;
                }
            }
            else if (skipped < page.Offset)
            {
                skipped++;
            }
            else if (found.Count == page.Limit)
            {
                more = true;
                break;
            }
            else
            {
                found.Add((key, row));
            }
        }

        return page.Backwards
            ? await Backwards(scan, page, total, found, more, stoppedAt)
            : await Forwards(scan, page, total, found, more, stoppedAt, skipped > 0);
    }

    private static async Task<Page<T>> Forwards<T>(
        Scan<T> scan, PageRequest page, long? total, List<(SortKey Key, T Row)> found, bool more, SortKey? stoppedAt, bool skipped)
        where T : class
    {
        // A page that has become empty is left the way it was entered.
        var first = found.Count > 0 ? found[0].Key : page.From;
        var last = found.Count > 0 ? found[^1].Key : null;
        var hasMore = more || stoppedAt is not null;
        var hasPrevious = page.From is null ? skipped : await Any(scan, first, backwards: true);
        return new Page<T>(
            [.. found.Select(entry => entry.Row)], first, hasMore ? stoppedAt ?? last : null, hasMore, hasPrevious, total);
    }

    private static async Task<Page<T>> Backwards<T>(
        Scan<T> scan, PageRequest page, long? total, List<(SortKey Key, T Row)> found, bool more, SortKey? stoppedAt)
        where T : class
    {
        found.Reverse();
        var last = found.Count > 0 ? found[^1].Key : page.From;
        var hasMore = await Any(scan, last, backwards: false);
        return new Page<T>(
            [.. found.Select(entry => entry.Row)],
            stoppedAt ?? (found.Count > 0 ? found[0].Key : null),
            hasMore ? last : null,
            hasMore,
            more || stoppedAt is not null,
            total);
    }

    private static async Task<bool> Any<T>(Scan<T> scan, SortKey? from, bool backwards)
        where T : class
    {
        var missed = 0;
        await foreach (var (_, row) in scan(from, backwards))
        {
            if (row is not null || ++missed == Bound)
            {
                return true;
            }
        }

        return false;
    }
}
