using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.GridFS;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Media;

/// <summary>Media in GridFS. A file has its name, tenant and hash, only when all of it is durable.</summary>
/// <remarks>A file's row is there before its first chunk and goes after its last: whatever a crash leaves, the sweep finds it by its row.
/// The driver's stream reads chunks without a read concern; that is enough, as a majority had all of them before the file got its name.</remarks>
internal sealed class GridMediaStore(MongoDatabase database) : IMediaStore
{
    private static readonly GridFSDownloadOptions Seekable = new() { Seekable = true };

    private readonly Collections _collections = database.Collections;
    private readonly GridFSBucket _bucket = new(database.Collections.Database, new GridFSBucketOptions { BucketName = "media" });

    public async Task<IMediaWriter> Create(string tenantId, CancellationToken cancellationToken)
    {
        var id = ObjectId.GenerateNewId();
        await database.Calls.Write(
            token => _collections.MediaFiles.UpdateOneAsync(
                new BsonDocument(Field.Id, id), MediaDocument.Begin(tenantId), new UpdateOptions { IsUpsert = true }, token),
            cancellationToken);
        return new GridMediaWriter(database, tenantId, id);
    }

    public Task<Stream?> Open(string tenantId, string sha256, CancellationToken cancellationToken) => MediaHash.Of(sha256) is null
        ? Task.FromResult<Stream?>(null)
        : database.Calls.Read<Stream?>(
            async token =>
            {
                var file = await _collections.MediaFiles.Find(MediaDocument.Named(tenantId, sha256))
                    .Project(new BsonDocument(Field.Id, 1))
                    .FirstOrDefaultAsync(token);
                if (file is null)
                {
                    return null;
                }

                try
                {
                    return await _bucket.OpenDownloadStreamAsync(file[Field.Id].AsObjectId, Seekable, token);
                }
                catch (GridFSFileNotFoundException)
                {
                    // The sweep was in between.
                    return null;
                }
            },
            cancellationToken);

    public Task<bool> Renew(string tenantId, string sha256, DateTimeOffset now, CancellationToken cancellationToken) => database.Calls.Write(
        async token =>
        {
            var renewed = await _collections.MediaFiles.UpdateOneAsync(
                MediaDocument.Named(tenantId, sha256),
                new BsonDocument("$set", new BsonDocument(MediaDocument.Updated, new BsonDateTime(now.UtcDateTime))),
                cancellationToken: token);
            return renewed.MatchedCount == 1;
        },
        cancellationToken);

    public async Task<int> Sweep(DateTimeOffset before, Func<string, string, Task<bool>> isNamed, CancellationToken cancellationToken)
    {
        var old = new BsonDocument(MediaDocument.Updated, new BsonDocument("$lt", new BsonDateTime(before.UtcDateTime)));
        var removed = 0;
        using var files = await _collections.MediaFiles.Find(old, new FindOptions { Hint = Indexes.MediaAge }).ToCursorAsync(cancellationToken);
        while (await files.MoveNextAsync(cancellationToken))
        {
            foreach (var file in files.Current)
            {
                var metadata = file[MediaDocument.Metadata].AsBsonDocument;
                if ((metadata.MaybeText(Field.Sha256) is not { } sha256 || !await isNamed(metadata.Text(Field.Tenant), sha256))
                    && await Remove(file[Field.Id].AsObjectId, old, cancellationToken))
                {
                    removed++;
                }
            }
        }

        return removed;
    }

    /// <returns>False when it was renewed while it was asked about.</returns>
    private async Task<bool> Remove(ObjectId id, BsonDocument old, CancellationToken cancellationToken)
    {
        var file = new BsonDocument(Field.Id, id);
        file.AddRange(old);
        var unnamed = await database.Calls.Write(
            token => _collections.MediaFiles.UpdateOneAsync(
                file,
                new BsonDocument
                {
                    { "$unset", new BsonDocument(MediaDocument.Sha256, "") }, { "$set", new BsonDocument(MediaDocument.FileName, "") },
                },
                cancellationToken: token),
            cancellationToken);
        if (unnamed.MatchedCount == 0)
        {
            return false;
        }

        await GridMediaWriter.Delete(database, id, cancellationToken);
        return true;
    }
}
