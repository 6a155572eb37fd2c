using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>The list of a tenant's conversations, newest activity first.</summary>
internal static class ConversationList
{
    private const string Columns = "SELECT active, name, kind, sessions, deleted, id, head FROM conversation";
    private const string Visible = " WHERE tenant = ?1 AND active IS NOT NULL";
    private const string Unread = " WHERE tenant = ?1 AND unread = 1";
    private const string Older = " AND (active, name) < (?2, ?3) ORDER BY active DESC, name DESC";
    private const string Newer = " AND (active, name) > (?2, ?3) ORDER BY active, name";

    public const string VisibleOlder = Columns + Visible + Older;
    public const string VisibleNewer = Columns + Visible + Newer;
    public const string UnreadOlder = Columns + Unread + Older;
    public const string UnreadNewer = Columns + Unread + Newer;

    private const string SelectMessage = MessageColumns.Select + " WHERE place = ?1 AND body IS NOT NULL";
    private const string SelectCount = "SELECT conversations FROM tenant_key WHERE id = ?1";

    public static Page<ConversationEntry> Read(
        Connection connection, UnreadableRows unreadable, long tenant, ConversationFilter filter, PageRequest page)
    {
        if (filter.Query is { } query)
        {
            if (ConversationSearch.Of(query) is not { } search)
            {
                // No name has such a word: as the parts that are there must match, so must those that cannot.
                return Keyset.Read<ConversationEntry>(static (_, _) => [], page, null);
            }

            return search.Candidates(connection, tenant) is { } candidates
                ? Keyset.Read((from, backwards) => Sorted(connection, unreadable, tenant, filter, search, candidates, from, backwards), page, null)
                : Keyset.Read((from, backwards) => Scan(connection, unreadable, tenant, filter, search, from, backwards), page, null);
        }

        var total = filter is { SessionId: null, Kind: null, Unread: null, ActiveSince: null } ? Count(connection, tenant) : null;
        return Keyset.Read((from, backwards) => Scan(connection, unreadable, tenant, filter, null, from, backwards), page, total);
    }

    public static ConversationEntry Entry(Connection connection, long id, long deleted, ConversationHead head)
    {
        Message? last = null;
        if (head.LastMessageSequence is { } sequence && sequence > deleted)
        {
            using var row = connection.Use(SelectMessage).Bind(1, MessagePlace.Of(id, sequence));
            last = row.Step() ? row.Message(head) : null;
        }

        return new ConversationEntry(head, last);
    }

    private static long? Count(Connection connection, long tenant)
    {
        using var row = connection.Use(SelectCount).Bind(1, tenant);
        return row.Step() ? row.Int64(0) : 0;
    }

    private static IEnumerable<(SortKey Key, ConversationEntry? Row)> Scan(
        Connection connection,
        UnreadableRows unreadable,
        long tenant,
        ConversationFilter filter,
        ConversationSearch? search,
        SortKey? from,
        bool backwards)
    {
        var sql = filter.Unread == true
            ? backwards ? UnreadNewer : UnreadOlder
            : backwards ? VisibleNewer : VisibleOlder;
        var since = filter.ActiveSince?.ToUnixTimeMilliseconds();
        if (backwards && from is null)
        {
            yield break;
        }

        using var rows = connection.Use(sql)
            .Bind(1, tenant)
            .Bind(2, SortKeys.Value(from, descending: !backwards))
            .BindTie(3, from, descending: !backwards);
        while (rows.Step())
        {
            var active = rows.Int64(0);
            if (active < since && !backwards)
            {
                // In this order all that follow are older still.
                yield break;
            }

            yield return (new SortKey(active, rows.Text(1)), Match(connection, unreadable, tenant, rows, filter, search));
        }
    }

    private static ConversationEntry? Match(
        Connection connection, UnreadableRows unreadable, long tenant, Statement row, ConversationFilter filter, ConversationSearch? search)
    {
        if ((filter.ActiveSince is { } since && row.Int64(0) < since.ToUnixTimeMilliseconds())
            || (filter.Kind is { } kind && row.Int64(2) != (long)kind)
            || (filter.SessionId is { } session && !HasSession(row.Text(3), session))
            || !unreadable.TryRead(
                RowOf.Conversation, row, static row => StoreJson.Read<ConversationHead>(row.Bytes(6)), static row => row.Text(5), out var head))
        {
            return null;
        }

        if ((filter.Unread is { } unread && unread != head.UnreadCount > 0)
            || (search is not null && !search.Matches(connection, tenant, head)))
        {
            return null;
        }

        return Entry(connection, row.Int64(5), row.Int64(4), head);
    }

    private static bool HasSession(string sessions, string session) =>
        sessions.Contains(ConversationColumns.SessionMark + session + ConversationColumns.SessionMark, StringComparison.Ordinal);

    /// <summary>A search that found few: they are read, filtered and sorted here.</summary>
    private static IEnumerable<(SortKey Key, ConversationEntry? Row)> Sorted(
        Connection connection,
        UnreadableRows unreadable,
        long tenant,
        ConversationFilter filter,
        ConversationSearch search,
        IReadOnlyCollection<long> candidates,
        SortKey? from,
        bool backwards)
    {
        var found = new List<(SortKey Key, ConversationEntry Row)>();
        foreach (var id in candidates)
        {
            using var row = connection.Use(ById).Bind(1, id);
            if (row.Step() && Match(connection, unreadable, tenant, row, filter, search) is { } entry)
            {
                found.Add((new SortKey(row.Int64(0), row.Text(1)), entry));
            }
        }

        found.Sort((one, other) => SortKeys.Compare(other.Key, one.Key));
        if (backwards)
        {
            found.Reverse();
        }

        return found
            .SkipWhile(entry => from is not null && (backwards ? SortKeys.Compare(entry.Key, from) <= 0 : SortKeys.Compare(entry.Key, from) >= 0))
            .Select(entry => (entry.Key, (ConversationEntry?)entry.Row));
    }

    private const string ById = Columns + " WHERE id = ?1 AND active IS NOT NULL";
}
