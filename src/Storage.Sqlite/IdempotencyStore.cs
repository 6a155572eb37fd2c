using Parley.Ports;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite;

/// <summary>Idempotency keys.</summary>
internal sealed class IdempotencyStore(SqliteDatabase database) : IIdempotencyStore
{
    public const string Select =
        """
        SELECT fingerprint, conversation, message, begun, tried FROM idempotency WHERE tenant = ?1 AND route = ?2 AND key = ?3
        """;

    private const string Insert =
        """
        INSERT INTO idempotency (tenant, route, key, fingerprint, conversation, message, begun, tried)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING
        """;

    private const string Renew =
        """
        UPDATE idempotency SET tried = ?6
        WHERE tenant = ?1 AND route = ?2 AND key = ?3 AND message = ?4 AND tried = ?5
        """;

    private const string Delete = "DELETE FROM idempotency WHERE tenant = ?1 AND route = ?2 AND key = ?3 AND message = ?4 AND tried = ?5";

    public const string SelectOld = "SELECT tenant, route, key FROM idempotency WHERE begun < ?1 ORDER BY begun LIMIT ?2";

    private const string DeleteOld = $"DELETE FROM idempotency WHERE (tenant, route, key) IN ({SelectOld})";

    private const int BatchRows = 500;

    // One writer: of all who begin a key at once it is the first one's, and the others are answered after its row is durable.
    public async Task<IdempotencyRow?> BeginKey(string tenantId, IdempotencyRow row, CancellationToken cancellationToken)
    {
        var (_, kept) = await database.Write<(bool IsNew, IdempotencyRow? Kept)>(
            1,
            transaction =>
            {
                var tenant = transaction.Tenant(tenantId);
                var added = transaction.Connection.Use(Insert)
                    .Bind(1, tenant)
                    .Bind(2, row.Route)
                    .Bind(3, row.Key)
                    .BindBlob(4, row.Fingerprint)
                    .Bind(5, row.ConversationId)
                    .Bind(6, row.MessageId)
                    .Bind(7, row.BegunAt.UtcTicks)
                    .Bind(8, row.TriedAt.UtcTicks)
                    .Run();
                return added == 1 ? (true, null) : (false, Read(transaction.Connection, tenant, row.Route, row.Key));
            },
            cancellationToken);
        return kept;
    }

    public Task<bool> RenewKey(string tenantId, IdempotencyRow read, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Write(
            1,
            transaction => transaction.Connection.Use(Renew)
                .Bind(1, transaction.Tenant(tenantId))
                .Bind(2, read.Route)
                .Bind(3, read.Key)
                .Bind(4, read.MessageId)
                .Bind(5, read.TriedAt.UtcTicks)
                .Bind(6, now.UtcTicks)
                .Run() == 1,
            cancellationToken);

    public Task RemoveKey(string tenantId, IdempotencyRow tried, CancellationToken cancellationToken) =>
        database.Write(
            1,
            transaction =>
            {
                transaction.Connection.Use(Delete)
                    .Bind(1, transaction.Tenant(tenantId))
                    .Bind(2, tried.Route)
                    .Bind(3, tried.Key)
                    .Bind(4, tried.MessageId)
                    .Bind(5, tried.TriedAt.UtcTicks)
                    .Run();
            },
            cancellationToken);

    public Task<int> ExpireKeys(DateTimeOffset before, CancellationToken cancellationToken) =>
        database.WriteInBatches(
            BatchRows,
            transaction => transaction.Connection.Use(DeleteOld).Bind(1, before.UtcTicks).Bind(2, BatchRows).Run(),
            cancellationToken);

    private static IdempotencyRow? Read(Connection connection, long tenant, string route, string key)
    {
        using var row = connection.Use(Select).Bind(1, tenant).Bind(2, route).Bind(3, key);
        return row.Step()
            ? new IdempotencyRow(
                route,
                key,
                row.Bytes(0).ToArray(),
                row.Text(1),
                row.Guid(2),
                new DateTimeOffset(row.Int64(3), TimeSpan.Zero),
                new DateTimeOffset(row.Int64(4), TimeSpan.Zero))
            : null;
    }
}
