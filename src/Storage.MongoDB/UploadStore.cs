using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Media that waits to be sent.</summary>
internal sealed class UploadStore(MongoDatabase database) : IUploadStore
{
    private const int BatchRows = 500;

    private readonly Collections _collections = database.Collections;

    public Task AddUpload(string tenantId, Upload upload, CancellationToken cancellationToken)
    {
        var id = TenantKey.Of(tenantId, upload.MediaId);
        var row = new BsonDocument
        {
            { Field.Id, id }, { Field.Expires, Values.Ticks(upload.ExpiresAt) }, { Field.Body, StoreJson.Text(upload) },
        };
        return database.Calls.Write(
            token => _collections.Uploads.ReplaceOneAsync(new BsonDocument(Field.Id, id), row, new ReplaceOptions { IsUpsert = true }, token),
            cancellationToken);
    }

    public Task<Upload?> FindUpload(string tenantId, string mediaId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Calls.Read(
            async token =>
            {
                var row = await _collections.Uploads.Find(new BsonDocument(Field.Id, TenantKey.Of(tenantId, mediaId))).FirstOrDefaultAsync(token);
                return row is not null && StoreJson.Read<Upload>(row.Text(Field.Body)) is var upload && upload.ExpiresAt > now ? upload : null;
            },
            cancellationToken);

    public Task<int> ExpireUploads(DateTimeOffset now, CancellationToken cancellationToken) => Batches.Delete(
        database.Calls,
        _collections.Uploads,
        new BsonDocument(Field.Expires, new BsonDocument("$lte", Values.Ticks(now))),
        BatchRows,
        cancellationToken);
}
