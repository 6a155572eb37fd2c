using Parley.Domain.Conversations;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>A search by words of names and digits of numbers, each of which must match the other side of a conversation.</summary>
internal sealed class ConversationSearch
{
    public const string SelectConversations =
        """
        SELECT c.conversation FROM word w JOIN contact c ON c.tenant = w.tenant AND c.address = w.address
        WHERE w.tenant = ?1 AND w.word >= ?2 AND w.word < ?3 LIMIT ?4
        """;

    private const string SelectName = "SELECT name FROM directory WHERE tenant = ?1 AND address = ?2";

    private readonly IReadOnlyList<IReadOnlyList<string>> _parts;

    private ConversationSearch(IReadOnlyList<IReadOnlyList<string>> parts) => _parts = parts;

    /// <returns>Null when the query names nothing to look for.</returns>
    public static ConversationSearch? Of(string query) => Words.OfQuery(query) is { Count: > 0 } parts ? new(parts) : null;

    /// <returns>The conversations that the rarest part finds; null when every part finds too many to be read all.</returns>
    public IReadOnlyCollection<long>? Candidates(Connection connection, long tenant)
    {
        HashSet<long>? fewest = null;
        foreach (var part in _parts)
        {
            if (Find(connection, tenant, part) is { } found && (fewest is null || found.Count < fewest.Count))
            {
                fewest = found;
            }
        }

        return fewest;
    }

    public bool Matches(Connection connection, long tenant, ConversationHead head)
    {
        var words = new List<string>();
        foreach (var address in OtherSide.Addresses(head))
        {
            words.AddRange(Words.OfAddress(address));
            using var row = connection.Use(SelectName).Bind(1, tenant).Bind(2, address.Canonical.Value);
            if (row.Step() && row.MaybeText(0) is { } name)
            {
                words.AddRange(Words.OfName(name));
            }
        }

        return _parts.All(part => part.Any(prefix => words.Exists(word => word.StartsWith(prefix, StringComparison.Ordinal))));
    }

    private static HashSet<long>? Find(Connection connection, long tenant, IReadOnlyList<string> prefixes)
    {
        var found = new HashSet<long>();
        var looked = 0;
        foreach (var prefix in prefixes)
        {
            using var rows = connection.Use(SelectConversations)
                .Bind(1, tenant)
                .Bind(2, prefix)
                .Bind(3, prefix + "\U0010ffff")
                .Bind(4, Keyset.Bound);
            while (rows.Step())
            {
                found.Add(rows.Int64(0));
                if (++looked >= Keyset.Bound)
                {
                    return null;
                }
            }
        }

        return found;
    }
}
