using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>Walks through lists page by page, and checks what holds of every page.</summary>
public static class Pages
{
    public static async Task<IReadOnlyList<T>> Forwards<T>(Func<PageRequest, Task<Page<T>>> list, int limit)
    {
        var rows = new List<T>();
        SortKey? from = null;
        while (true)
        {
            var page = await list(new PageRequest(limit, from));
            Assert.True(page.Rows.Count <= limit);
            Assert.Equal(page.HasMore, page.Continue is not null);
            Assert.Equal(from is not null && rows.Count > 0, page.HasPrevious);
            rows.AddRange(page.Rows);
            if (page.Continue is null)
            {
                return rows;
            }

            Assert.NotEqual(from, page.Continue);
            from = page.Continue;
        }
    }

    /// <summary>The same rows in the list's order, read from its end.</summary>
    public static async Task<IReadOnlyList<T>> Backwards<T>(Func<PageRequest, Task<Page<T>>> list, int limit)
    {
        var start = await list(new PageRequest(limit));
        var page = start;
        while (page.Continue is not null)
        {
            page = await list(new PageRequest(limit, page.Continue));
        }

        var rows = new List<T>(page.Rows);
        while (page.First is { } first && page.HasPrevious)
        {
            page = await list(new PageRequest(limit, first, Backwards: true));
            Assert.True(page.Rows.Count <= limit);
            if (page.Rows.Count > 0)
            {
                Assert.True(page.HasMore);
            }

            rows.InsertRange(0, page.Rows);
        }

        return rows;
    }
}
