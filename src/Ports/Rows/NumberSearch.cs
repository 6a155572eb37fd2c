namespace Parley.Ports.Rows;

/// <summary>Finds by halves the last number of a log that was given before a time: a log has all numbers between its bounds, and times never
/// decrease along them.</summary>
internal static class NumberSearch
{
    /// <param name="loggedAt">When a number was given, Unix milliseconds; null = it is not kept any more.</param>
    /// <returns>One less than the first that is kept, where none that is kept is older.</returns>
    public static long LastBefore(LogBounds bounds, long beforeMs, Func<long, long?> loggedAt)
    {
        var search = new Halves(bounds);
        while (search.Middle is { } middle)
        {
            search = search.Next(isOlder: !(loggedAt(middle) >= beforeMs));
        }

        return search.Older;
    }

    /// <inheritdoc cref="LastBefore(LogBounds, long, Func{long, long?})"/>
    public static async Task<long> LastBefore(LogBounds bounds, long beforeMs, Func<long, Task<long?>> loggedAt)
    {
        var search = new Halves(bounds);
        while (search.Middle is { } middle)
        {
            search = search.Next(isOlder: !(await loggedAt(middle) >= beforeMs));
        }

        return search.Older;
    }

    /// <param name="Older">The last number that is known to be older.</param>
    /// <param name="Rest">The last one that may be.</param>
    private sealed record Halves(long Older, long Rest)
    {
        public Halves(LogBounds bounds)
            : this(bounds.First - 1, bounds.Last)
        {
        }

        public long? Middle => Older < Rest ? Rest - ((Rest - Older) / 2) : null;

        public Halves Next(bool isOlder) => isOlder ? this with { Older = Middle ?? Older } : this with { Rest = (Middle ?? Rest) - 1 };
    }
}
