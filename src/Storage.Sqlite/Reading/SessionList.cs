using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>Sessions of one tenant or of all, in the order of (tenant, id).</summary>
internal static class SessionList
{
    private const string Columns = "SELECT tenant, name, status, attention, body FROM session";

    public const string OfTenant = Columns + " WHERE tenant = ?1 AND name > ?2 ORDER BY name";
    public const string OfTenantBackwards = Columns + " WHERE tenant = ?1 AND name < ?2 ORDER BY name DESC";
    public const string OfAll = Columns + " WHERE (tenant, name) > (?1, ?2) ORDER BY tenant, name";
    public const string OfAllBackwards = Columns + " WHERE (tenant, name) < (?1, ?2) ORDER BY tenant DESC, name DESC";

    // The living before the destroyed, which is the last status.
    public const string Owners = Columns + " WHERE instance = ?1 ORDER BY status, id DESC LIMIT 10";

    private const string SelectOne = Columns + " WHERE tenant = ?1 AND name = ?2";
    private const string SelectSeen = "SELECT received FROM session_seen WHERE tenant = ?1 AND name = ?2";
    private const string SelectCount = "SELECT sessions FROM tenant_key WHERE tenant = ?1";

    /// <summary>Stands between tenant and id in a key; no tenant's id has it.</summary>
    private const char Separator = '/';

    public static Page<SessionEntry> Read(
        Connection connection, UnreadableRows unreadable, string? tenantId, SessionFilter filter, PageRequest page)
    {
        long? total = tenantId is not null && filter == new SessionFilter() ? Count(connection, tenantId) : null;
        return Keyset.Read((from, backwards) => Scan(connection, unreadable, tenantId, filter, from, backwards), page, total);
    }

    public static SessionEntry? ReadOne(Connection connection, string tenantId, string sessionId)
    {
        using var row = connection.Use(SelectOne).Bind(1, tenantId).Bind(2, sessionId);
        return row.Step() ? Entry(connection, row) : null;
    }

    /// <returns>The sessions of all tenants whose instance has this name: the living first, then the latest.</returns>
    /// <remarks>One that cannot be read is not passed over: the instance would go to whoever comes after it.</remarks>
    public static IReadOnlyList<SessionEntry> ReadOwners(Connection connection, string instanceName)
    {
        var owners = new List<SessionEntry>();
        using var rows = connection.Use(Owners).Bind(1, instanceName);
        while (rows.Step())
        {
            owners.Add(Entry(connection, rows));
        }

        return owners;
    }

    private static long Count(Connection connection, string tenantId)
    {
        using var row = connection.Use(SelectCount).Bind(1, tenantId);
        return row.Step() ? row.Int64(0) : 0;
    }

    private static IEnumerable<(SortKey Key, SessionEntry? Row)> Scan(
        Connection connection, UnreadableRows unreadable, string? tenantId, SessionFilter filter, SortKey? from, bool backwards)
    {
        var (fromTenant, fromName) = Split(from, backwards);
        SessionEntry? Read(Statement row) => filter.Whole ? Entry(connection, row)
            : unreadable.TryRead(RowOf.Session, row, row => Entry(connection, row), static row => $"{row.Text(0)}/{row.Text(1)}", out var entry) ? entry
            : null;

        var sql = tenantId is null
            ? backwards ? OfAllBackwards : OfAll
            : backwards ? OfTenantBackwards : OfTenant;
        using var rows = connection.Use(sql).Bind(1, tenantId ?? fromTenant).Bind(2, fromName);
        while (rows.Step())
        {
            var matches = (filter.Status is not { } status || rows.Int64(2) == (long)status)
                && (filter.NeedsAttention is not { } attention || rows.Int64(3) != 0 == attention);
            yield return (
                new SortKey(0, rows.Text(0) + Separator + rows.Text(1)),
                matches && Read(rows) is { Session.DeletedByTenant: false } entry ? entry : null);
        }
    }

    private static (string Tenant, string Name) Split(SortKey? key, bool backwards)
    {
        if (key is null)
        {
            return backwards ? ("\U0010ffff", "\U0010ffff") : ("", "");
        }

        var at = key.Tie.IndexOf(Separator, StringComparison.Ordinal);
        return at < 0 ? (key.Tie, "") : (key.Tie[..at], key.Tie[(at + 1)..]);
    }

    private static SessionEntry Entry(Connection connection, Statement row)
    {
        var tenantId = row.Text(0);
        var session = StoreJson.Read<Session>(row.Bytes(4));
        using var seen = connection.Use(SelectSeen).Bind(1, tenantId).Bind(2, session.SessionId);
        return new SessionEntry(tenantId, session, seen.Step() ? TimeText.MaybeRead(seen.MaybeText(0)) : null);
    }
}
