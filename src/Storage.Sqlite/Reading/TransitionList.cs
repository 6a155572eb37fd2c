using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>What happened to a session, newest first.</summary>
internal static class TransitionList
{
    public const string Older = "SELECT place, body FROM transition WHERE place > ?1 AND place < ?2 ORDER BY place DESC";
    public const string Newer = "SELECT place, body FROM transition WHERE place > ?1 AND place < ?2 ORDER BY place";

    private const string SelectSession = "SELECT id, body FROM session WHERE tenant = ?1 AND name = ?2";

    public static Page<SessionTransition> Read(Connection connection, string tenantId, string sessionId, PageRequest page)
    {
        long session;
        long count;
        using (var row = connection.Use(SelectSession).Bind(1, tenantId).Bind(2, sessionId))
        {
            if (!row.Step())
            {
                return new Page<SessionTransition>([], null, null, false, false, 0);
            }

            session = row.Int64(0);
            count = StoreJson.Read<Session>(row.Bytes(1)).TransitionCount;
        }

        return Keyset.Read((from, backwards) => Scan(connection, session, from, backwards), page, count);
    }

    private static IEnumerable<(SortKey Key, SessionTransition? Row)> Scan(
        Connection connection, long session, SortKey? from, bool backwards)
    {
        var low = backwards && from is not null ? from.Value : 0;
        var high = !backwards && from is not null ? from.Value : uint.MaxValue;
        using var rows = connection.Use(backwards ? Newer : Older)
            .Bind(1, MessagePlace.Of(session, low))
            .Bind(2, MessagePlace.Of(session, high));
        while (rows.Step())
        {
            yield return (new SortKey(MessagePlace.Sequence(rows.Int64(0))), StoreJson.Read<SessionTransition>(rows.Bytes(1)));
        }
    }
}
