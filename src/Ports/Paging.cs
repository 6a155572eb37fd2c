namespace Parley.Ports;

/// <summary>A place in a sorted list: the sort value of a row and what tells equal ones apart.</summary>
public sealed record SortKey(long Value, string Tie = "");

/// <summary>One page of a list: rows after a key (or before it), never found by counting.</summary>
/// <param name="Limit">1 to 200.</param>
/// <param name="From">The row at the edge of the page before; not part of this page. Null = from the list's start.</param>
/// <param name="Backwards">The page before <paramref name="From"/>, in the list's order all the same.</param>
/// <param name="Offset">Rows to skip from the list's start, at most 10,000; only without <paramref name="From"/>.</param>
public sealed record PageRequest(int Limit, SortKey? From = null, bool Backwards = false, int Offset = 0);

/// <summary>Rows of a page with their keys.</summary>
/// <param name="First">The first row's key. Of an empty page after a key, that key; where a scan backwards stopped at its bound,
/// the key of the last row looked at.</param>
/// <param name="HasMore">There are rows after the last one.</param>
/// <param name="HasPrevious">There are rows before the first one.</param>
/// <param name="Continue">Where to go on: the last row's key, or, when a filter matched little and the scan stopped at its
/// bound, the key of the last row looked at; of an empty page before a key, that key. Null when the list has ended.</param>
/// <param name="Total">From kept counters; null where the filter makes it unknown.</param>
public sealed record Page<T>(
    IReadOnlyList<T> Rows, SortKey? First, SortKey? Continue, bool HasMore, bool HasPrevious, long? Total);
