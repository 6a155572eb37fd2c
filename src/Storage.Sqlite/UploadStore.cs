using Parley.Ports;
using Parley.Ports.Rows;

namespace Parley.Storage.Sqlite;

/// <summary>Media that waits to be sent.</summary>
internal sealed class UploadStore(SqliteDatabase database) : IUploadStore
{
    public const string Select = "SELECT body FROM upload WHERE tenant = ?1 AND id = ?2";

    private const string Put =
        """
        INSERT INTO upload (tenant, id, expires, body) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET expires = excluded.expires, body = excluded.body
        """;

    public const string SelectOld = "SELECT tenant, id FROM upload WHERE expires <= ?1 ORDER BY expires LIMIT ?2";

    private const string DeleteOld = $"DELETE FROM upload WHERE (tenant, id) IN ({SelectOld})";

    private const int BatchRows = 500;

    public Task AddUpload(string tenantId, Upload upload, CancellationToken cancellationToken)
    {
        var body = StoreJson.Write(upload);
        return database.Write(
            1,
            transaction =>
            {
                transaction.Connection.Use(Put)
                    .Bind(1, transaction.Tenant(tenantId))
                    .Bind(2, upload.MediaId)
                    .Bind(3, upload.ExpiresAt.UtcTicks)
                    .BindText(4, body)
                    .Run();
            },
            cancellationToken);
    }

    public Task<Upload?> FindUpload(string tenantId, string mediaId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Read(
            tenantId,
            (connection, tenant) =>
            {
                using var row = connection.Use(Select).Bind(1, tenant).Bind(2, mediaId);
                return row.Step() && StoreJson.Read<Upload>(row.Bytes(0)) is var upload && upload.ExpiresAt > now ? upload : null;
            },
            cancellationToken);

    public Task<int> ExpireUploads(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteInBatches(
            BatchRows,
            transaction => transaction.Connection.Use(DeleteOld).Bind(1, now.UtcTicks).Bind(2, BatchRows).Run(),
            cancellationToken);
}
