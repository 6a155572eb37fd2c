using System.Security.Cryptography;
using System.Text;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Reading;
using Parley.Storage.Sqlite.Writing;

namespace Parley.Storage.Sqlite;

/// <summary>Changes that came before their message.</summary>
internal sealed class ParkingLot(SqliteDatabase database) : IParkingLot
{
    private const string SelectSame = "SELECT id FROM parked WHERE tenant = ?1 AND hash = ?2";

    private const string Insert =
        """
        INSERT INTO parked (tenant, session, target, hash, parked, change) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id
        """;

    private const string DropOldest =
        """
        DELETE FROM parked WHERE id IN (SELECT id FROM parked WHERE tenant = ?1 AND session = ?2 ORDER BY id LIMIT ?3)
        """;

    public const string SelectAfter =
        """
        SELECT p.id, t.tenant, p.session, p.change FROM parked p JOIN tenant_key t ON t.id = p.tenant
        WHERE p.id > ?1 ORDER BY p.id
        """;

    public const string SelectOfSession =
        "SELECT id, change FROM parked WHERE tenant = ?1 AND session = ?2 ORDER BY id DESC";

    private const string Expire =
        "DELETE FROM parked WHERE id IN (SELECT id FROM parked WHERE parked < ?1 ORDER BY parked LIMIT ?2)";

    private const int BatchRows = 500;

    public async Task<IReadOnlyList<ParkedChange>> Park(
        string tenantId,
        string sessionId,
        IReadOnlyCollection<MessageChange> changes,
        int bound,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            return [];
        }

        // The type is named, so that the kind is written and the change can be read again.
        var rows = changes.Select(change => new Row(change, StoreJson.Write<MessageChange>(change), sessionId)).ToList();
        var nowMs = now.ToUnixTimeMilliseconds();
        return await database.Write<IReadOnlyList<ParkedChange>>(
            rows.Count,
            transaction =>
            {
                var tenant = transaction.Tenant(tenantId);
                var parked = rows
                    .Select(row => new ParkedChange(Park(transaction, tenant, sessionId, row, nowMs), tenantId, sessionId, row.Change))
                    .ToList();
                var tooMany = transaction.Parked(tenant, sessionId) - bound;
                if (tooMany > 0)
                {
                    var dropped = transaction.Connection.Use(DropOldest).Bind(1, tenant).Bind(2, sessionId).Bind(3, tooMany).Run();
                    transaction.AddParked(tenant, sessionId, -dropped);
                }

                return parked;
            },
            cancellationToken);
    }

    public async Task Unpark(string tenantId, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        foreach (var chunk in ids.Chunk(BatchRows))
        {
            await database.Write(
                chunk.Length,
                transaction =>
                {
                    var tenant = transaction.Tenant(tenantId);
                    foreach (var id in chunk)
                    {
                        ConversationCommitter.Unpark(transaction, tenant, id);
                    }
                },
                cancellationToken);
        }
    }

    public Task<IReadOnlyList<ParkedChange>> ListParked(long after, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<ParkedChange>>(
            connection =>
            {
                using var rows = connection.Use(SelectAfter).Bind(1, after);
                return database.Unreadable.ReadAll(
                    RowOf.ParkedChange,
                    rows,
                    limit,
                    static row => new ParkedChange(row.Int64(0), row.Text(1), row.Text(2), StoreJson.Read<MessageChange>(row.Bytes(3))),
                    static row => row.Text(0));
            },
            cancellationToken);

    public Task<IReadOnlyList<ParkedChange>> ListParked(
        string tenantId, string sessionId, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<ParkedChange>>(
            tenantId,
            (connection, tenant) =>
            {
                using var rows = connection.Use(SelectOfSession).Bind(1, tenant).Bind(2, sessionId);
                return database.Unreadable.ReadAll(
                    RowOf.ParkedChange,
                    rows,
                    limit,
                    row => new ParkedChange(row.Int64(0), tenantId, sessionId, StoreJson.Read<MessageChange>(row.Bytes(1))),
                    static row => row.Text(0));
            },
            cancellationToken);

    public Task<int> ExpireParked(DateTimeOffset before, CancellationToken cancellationToken) =>
        database.WriteInBatches(
            BatchRows,
            transaction =>
            {
                transaction.ForgetParked();
                return transaction.Connection.Use(Expire).Bind(1, before.ToUnixTimeMilliseconds()).Bind(2, BatchRows).Run();
            },
            cancellationToken);

    private static long Park(WriteTransaction transaction, long tenant, string sessionId, Row row, long nowMs)
    {
        using (var same = transaction.Connection.Use(SelectSame).Bind(1, tenant).BindBlob(2, row.Hash))
        {
            if (same.Step())
            {
                return same.Int64(0);
            }
        }

        transaction.AddParked(tenant, sessionId, 1);
        using (var added = transaction.Connection.Use(Insert)
            .Bind(1, tenant)
            .Bind(2, sessionId)
            .Bind(3, row.Change.TargetId)
            .BindBlob(4, row.Hash)
            .Bind(5, nowMs)
            .BindText(6, row.Json))
        {
            added.Step();
            return added.Int64(0);
        }
    }

    private sealed record Row(MessageChange Change, byte[] Json, string SessionId)
    {
        public byte[] Hash { get; } =
            SHA256.HashData([.. Encoding.UTF8.GetBytes(SessionId), 0, .. Json])[..16];
    }
}
