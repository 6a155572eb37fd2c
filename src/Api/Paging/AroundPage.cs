using Parley.Ports;

namespace Parley.Api.Paging;

/// <summary>The page around one row: half of it before the row, half after.</summary>
internal static class AroundPage
{
    /// <param name="key">The row's place.</param>
    /// <param name="middle">The row; null when the list's filter leaves it out.</param>
    public static async Task<Page<T>> Read<T>(int limit, SortKey key, T? middle, Func<PageRequest, Task<Page<T>>> list)
        where T : class
    {
        var others = limit - (middle is null ? 0 : 1);
        var before = others / 2;
        var after = others - before;

        // Also where no row fits, the one next to it tells whether there are more.
        var earlier = await list(new PageRequest(Math.Max(1, before), key, Backwards: true));
        var later = await list(new PageRequest(Math.Max(1, after), key));
        List<T> rows = [.. earlier.Rows.TakeLast(before)];
        if (middle is not null)
        {
            rows.Add(middle);
        }

        rows.AddRange(later.Rows.Take(after));
        return new Page<T>(
            rows,
            before == 0 ? key : earlier.First ?? key,
            after == 0 ? key : later.Continue ?? key,
            later.HasMore || (after == 0 && later.Rows.Count > 0),
            earlier.HasPrevious || (before == 0 && earlier.Rows.Count > 0),
            later.Total);
    }
}
