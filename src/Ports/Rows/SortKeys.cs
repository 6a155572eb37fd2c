using System.Globalization;

namespace Parley.Ports.Rows;

/// <summary>Keys of the lists, the same in every store: a link to a page outlives a move from one to another.</summary>
internal static class SortKeys
{
    /// <summary>The key of a list in the order of ids.</summary>
    public static SortKey OfId(Guid id, long value = 0) => new(value, id.ToString("D"));

    public static SortKey OfSequence(long value, long sequence) => new(value, sequence.ToString(CultureInfo.InvariantCulture));

    /// <summary>The sequence that tells rows of one time apart.</summary>
    public static long Sequence(SortKey? key, bool descending) =>
        long.TryParse(key?.Tie, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence
        : descending ? uint.MaxValue : 0;

    /// <summary>The value from which a scan goes on: before all rows, or after them, when there is no key.</summary>
    public static long Value(SortKey? key, bool descending) => key?.Value ?? (descending ? long.MaxValue : long.MinValue);

    public static int Compare(SortKey one, SortKey other) =>
        one.Value != other.Value ? one.Value.CompareTo(other.Value) : string.CompareOrdinal(one.Tie, other.Tie);
}
