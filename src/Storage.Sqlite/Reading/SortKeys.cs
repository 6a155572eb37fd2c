using System.Globalization;
using Parley.Storage.Sqlite.Engine;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>Keys as scans bind them.</summary>
internal static class SortKeys
{
    private static readonly byte[] BeforeAllIds = [];
    private static readonly byte[] AfterAllIds = [.. Enumerable.Repeat((byte)0xff, 17)];

    /// <summary>The key of a list in the order of ids.</summary>
    public static SortKey OfId(Guid id, long value = 0) => new(value, id.ToString("D"));

    public static SortKey OfSequence(long value, long sequence) => new(value, sequence.ToString(CultureInfo.InvariantCulture));

    /// <summary>The sequence that tells rows of one time apart.</summary>
    public static long Sequence(SortKey? key, bool descending) =>
        long.TryParse(key?.Tie, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence
        : descending ? uint.MaxValue : 0;

    /// <summary>The value from which a scan goes on: before all rows, or after them, when there is no key.</summary>
    public static long Value(SortKey? key, bool descending) => key?.Value ?? (descending ? long.MaxValue : long.MinValue);

    /// <summary>Binds the id of a key.</summary>
    public static Statement BindId(this Statement statement, int index, SortKey? key, bool descending) =>
        key is not null && Guid.TryParse(key.Tie, out var id) ? statement.Bind(index, id)
        : statement.BindBlob(index, descending ? AfterAllIds : BeforeAllIds);

    /// <summary>Binds the text of a key.</summary>
    public static Statement BindTie(this Statement statement, int index, SortKey? key, bool descending) =>
        statement.Bind(index, key?.Tie ?? (descending ? "\U0010ffff" : ""));
}
