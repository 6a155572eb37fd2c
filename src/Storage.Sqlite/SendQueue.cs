using Parley.Domain.Addresses;
using Parley.Domain.Sends;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;

namespace Parley.Storage.Sqlite;

/// <summary>Sends that wait or leave, and what may be their echoes.</summary>
internal sealed class SendQueue(SqliteDatabase database) : ISendQueue
{
    public const string SelectOfSession =
        "SELECT body, id FROM send WHERE tenant = ?1 AND session = ?2 AND id > ?3 ORDER BY id";

    public const string SelectToCount = "SELECT 1 FROM send WHERE tenant = ?1 AND session = ?2 LIMIT ?3";

    public const string SelectLeavingOfLine =
        "SELECT body, id FROM send WHERE tenant = ?1 AND line = ?2 AND state = 1 ORDER BY id";

    public const string SelectLeaving =
        """
        SELECT s.body, s.id, t.tenant FROM send s JOIN tenant_key t ON t.id = s.tenant
        WHERE s.state = 1 AND s.since < ?1 ORDER BY s.since
        """;

    public const string SelectEchoes = "SELECT id, echo FROM echo WHERE tenant = ?1 AND line = ?2 ORDER BY id";

    public const string SelectLines =
        """
        SELECT t.tenant, e.line FROM echo e JOIN tenant_key t ON t.id = e.tenant WHERE e.parked < ?1 ORDER BY e.parked LIMIT ?2
        """;

    private const string InsertEcho =
        "INSERT INTO echo (tenant, line, hash, parked, echo) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenant, hash) DO NOTHING";

    private const string DeleteEcho = "DELETE FROM echo WHERE id = ?1 AND tenant = ?2";

    // Far more than a line's sessions have under way at once.
    private const int MostLeaving = 500;

    public Task<IReadOnlyList<QueuedSend>> ListSends(
        string tenantId, string sessionId, Guid? after, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<QueuedSend>>(
            tenantId,
            (connection, tenant) =>
            {
                using var rows = connection.Use(SelectOfSession).Bind(1, tenant).Bind(2, sessionId);
                return ReadSends(after is { } id ? rows.Bind(3, id) : rows.BindBlob(3, []), limit);
            },
            cancellationToken);

    public Task<int> CountSends(string tenantId, string sessionId, int atMost, CancellationToken cancellationToken) =>
        database.Read(
            tenantId,
            (connection, tenant) =>
            {
                var count = 0;
                using var rows = connection.Use(SelectToCount).Bind(1, tenant).Bind(2, sessionId).Bind(3, atMost);
                while (rows.Step())
                {
                    count++;
                }

                return count;
            },
            cancellationToken);

    public Task<IReadOnlyList<QueuedSend>> ListLeaving(string tenantId, Address line, CancellationToken cancellationToken) =>
        database.ReadShort<IReadOnlyList<QueuedSend>>(
            tenantId,
            (connection, tenant) =>
            {
                using var rows = connection.Use(SelectLeavingOfLine).Bind(1, tenant).Bind(2, line.Value);
                return ReadSends(rows, MostLeaving);
            },
            cancellationToken);

    public Task<IReadOnlyList<(string TenantId, QueuedSend Send)>> ListLeaving(
        DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<(string, QueuedSend)>>(
            connection =>
            {
                using var rows = connection.Use(SelectLeaving).Bind(1, before.UtcTicks);
                return database.Unreadable.ReadAll(
                    RowOf.Send, rows, limit, static row => (row.Text(2), StoreJson.Read<QueuedSend>(row.Bytes(0))), Name);
            },
            cancellationToken);

    public Task ParkEcho(string tenantId, ParkedEcho echo, CancellationToken cancellationToken)
    {
        var json = StoreJson.Write(echo);
        var hash = EchoHash.Of(echo);
        return database.Write(
            1,
            transaction =>
            {
                transaction.Connection.Use(InsertEcho)
                    .Bind(1, transaction.Tenant(tenantId))
                    .Bind(2, echo.Line.Value)
                    .BindBlob(3, hash)
                    .Bind(4, echo.ParkedAt.UtcTicks)
                    .BindText(5, json)
                    .Run();
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<(long Id, ParkedEcho Echo)>> ListEchoes(
        string tenantId, Address line, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<(long, ParkedEcho)>>(
            tenantId,
            (connection, tenant) =>
            {
                using var rows = connection.Use(SelectEchoes).Bind(1, tenant).Bind(2, line.Value);
                return database.Unreadable.ReadAll(
                    RowOf.Echo,
                    rows,
                    limit,
                    static row => (row.Int64(0), StoreJson.Read<ParkedEcho>(row.Bytes(1))),
                    static row => row.Text(0));
            },
            cancellationToken);

    public Task<IReadOnlyList<(string TenantId, Address Line)>> LinesWithEchoes(
        DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<(string, Address)>>(
            connection =>
            {
                // A line may have many: what is beyond the bound comes to light when its echoes are gone.
                var lines = new HashSet<(string, string)>();
                using var rows = connection.Use(SelectLines).Bind(1, before.UtcTicks).Bind(2, Keyset.Bound);
                while (lines.Count < limit && rows.Step())
                {
                    lines.Add((rows.Text(0), rows.Text(1)));
                }

                return [.. lines.Select(static line => (line.Item1, Address.Parse(line.Item2)))];
            },
            cancellationToken);

    public Task RemoveEcho(string tenantId, long id, CancellationToken cancellationToken) =>
        database.Write(
            1,
            transaction =>
            {
                transaction.Connection.Use(DeleteEcho).Bind(1, id).Bind(2, transaction.Tenant(tenantId)).Run();
            },
            cancellationToken);

    private IReadOnlyList<QueuedSend> ReadSends(Statement rows, int limit) =>
        database.Unreadable.ReadAll(RowOf.Send, rows, limit, static row => StoreJson.Read<QueuedSend>(row.Bytes(0)), Name);

    private static string Name(Statement row) => row.Guid(1).ToString();
}
