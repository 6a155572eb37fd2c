using Parley.Storage.Sqlite.Engine;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>Keys as scans bind them.</summary>
internal static class SortKeyBinding
{
    private static readonly byte[] BeforeAllIds = [];
    private static readonly byte[] AfterAllIds = [.. Enumerable.Repeat((byte)0xff, 17)];

    /// <summary>Binds the id of a key.</summary>
    public static Statement BindId(this Statement statement, int index, SortKey? key, bool descending) =>
        key is not null && Guid.TryParse(key.Tie, out var id) ? statement.Bind(index, id)
        : statement.BindBlob(index, descending ? AfterAllIds : BeforeAllIds);

    /// <summary>Binds the text of a key.</summary>
    public static Statement BindTie(this Statement statement, int index, SortKey? key, bool descending) =>
        statement.Bind(index, key?.Tie ?? (descending ? "\U0010ffff" : ""));
}
