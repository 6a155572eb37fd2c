using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;
using Parley.Storage.Sqlite.Rows;
using Parley.Storage.Sqlite.Writing;

namespace Parley.Storage.Sqlite;

/// <summary>Payloads that wait for a fix.</summary>
internal sealed class Quarantine(SqliteDatabase database) : IQuarantine
{
    private const string Columns = "SELECT id, code, detail, instance, event, received, received_at, size FROM quarantine";

    public const string Older = Columns + " WHERE tenant = ?1 AND id < ?2 ORDER BY id DESC";
    public const string Newer = Columns + " WHERE tenant = ?1 AND id > ?2 ORDER BY id";
    public const string OfCodeOlder = Columns + " WHERE tenant = ?1 AND id < ?2 AND code = ?3 ORDER BY id DESC";
    public const string OfCodeNewer = Columns + " WHERE tenant = ?1 AND id > ?2 AND code = ?3 ORDER BY id";

    private const string SelectSame = "SELECT id FROM quarantine WHERE tenant = ?1 AND hash = ?2";

    private const string Insert =
        """
        INSERT INTO quarantine (tenant, id, code, detail, instance, event, received, received_at, size, hash, payload)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """;

    private const string SelectOne =
        """
        SELECT id, code, detail, instance, event, received, received_at, size, payload
        FROM quarantine WHERE tenant = ?1 AND id = ?2
        """;

    private const string Delete = "DELETE FROM quarantine WHERE tenant = ?1 AND id = ?2";

    private const string DeleteOld =
        "DELETE FROM quarantine WHERE rowid IN (SELECT rowid FROM quarantine WHERE received < ?1 ORDER BY received LIMIT ?2)";

    private const int BatchRows = 100;

    public Task<Guid> Add(QuarantinedPayload payload, CancellationToken cancellationToken)
    {
        var hash = PayloadHash.Of(payload.Code, payload.Payload.Span);
        return database.Write(1, transaction => Add(transaction, payload, hash), cancellationToken);
    }

    public Task<Page<QuarantinedPayload>> ListQuarantined(
        string tenantId, string? code, DateTimeOffset? since, PageRequest page, CancellationToken cancellationToken) =>
        database.Read(
            connection => Keyset.Read((from, backwards) => Scan(connection, tenantId, code, since, from, backwards), page, null),
            cancellationToken);

    public Task<QuarantinedPayload?> ReadQuarantined(string tenantId, Guid id, CancellationToken cancellationToken) =>
        database.Read(
            connection =>
            {
                using var row = connection.Use(SelectOne).Bind(1, tenantId).Bind(2, id);
                return row.Step() ? ReadRow(row, tenantId) with { Payload = row.Bytes(8).ToArray() } : null;
            },
            cancellationToken);

    public Task RemoveQuarantined(string tenantId, Guid id, CancellationToken cancellationToken) =>
        database.Write(
            1,
            transaction =>
            {
                transaction.Connection.Use(Delete).Bind(1, tenantId).Bind(2, id).Run();
            },
            cancellationToken);

    public Task<int> ExpireQuarantined(DateTimeOffset before, CancellationToken cancellationToken) =>
        database.WriteInBatches(
            BatchRows,
            transaction => transaction.Connection.Use(DeleteOld).Bind(1, before.ToUnixTimeMilliseconds()).Bind(2, BatchRows).Run(),
            cancellationToken);

    private static Guid Add(WriteTransaction transaction, QuarantinedPayload payload, byte[] hash)
    {
        using (var same = transaction.Connection.Use(SelectSame).Bind(1, payload.TenantId).BindBlob(2, hash))
        {
            if (same.Step())
            {
                return same.Guid(0);
            }
        }

        transaction.Connection.Use(Insert)
            .Bind(1, payload.TenantId)
            .Bind(2, payload.Id)
            .Bind(3, payload.Code)
            .Bind(4, payload.Detail)
            .Bind(5, payload.Instance)
            .Bind(6, payload.Event)
            .Bind(7, payload.ReceivedAt.ToUnixTimeMilliseconds())
            .Bind(8, TimeText.Of(payload.ReceivedAt))
            .Bind(9, payload.Size)
            .BindBlob(10, hash)
            .BindBlob(11, payload.Payload.Span)
            .Run();
        return payload.Id;
    }

    private static IEnumerable<(SortKey Key, QuarantinedPayload? Row)> Scan(
        Connection connection, string tenantId, string? code, DateTimeOffset? since, SortKey? from, bool backwards)
    {
        var sinceMs = since?.ToUnixTimeMilliseconds();
        var sql = code is null
            ? backwards ? Newer : Older
            : backwards ? OfCodeNewer : OfCodeOlder;
        using var rows = connection.Use(sql).Bind(1, tenantId).BindId(2, from, descending: !backwards);
        if (code is not null)
        {
            rows.Bind(3, code);
        }

        while (rows.Step())
        {
            yield return (SortKeys.OfId(rows.Guid(0)), rows.Int64(5) < sinceMs ? null : ReadRow(rows, tenantId));
        }
    }

    private static QuarantinedPayload ReadRow(Statement row, string tenantId) => new(
        row.Guid(0),
        tenantId,
        row.Text(1),
        row.Text(2),
        row.MaybeText(3),
        row.MaybeText(4),
        TimeText.Read(row.Text(6)),
        row.Int64(7),
        ReadOnlyMemory<byte>.Empty);
}
