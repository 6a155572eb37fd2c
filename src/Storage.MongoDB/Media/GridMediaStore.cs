using Microsoft.Extensions.Logging;
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
internal sealed class GridMediaStore(MongoDatabase database, ILogger<GridMediaStore> logger) : IMediaStore
{
    private const int PageSize = 500;

    /// <summary>A sweep goes on past a file that could not be asked about or removed, but not when the store is away.</summary>
    private const int MostFailures = 10;

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
        var (removed, failures) = (0, 0);
        var met = new List<BsonDocument>();
        IReadOnlyList<BsonDocument> page;
        do
        {
            page = await ReadOld(before, met, cancellationToken);
            foreach (var file in page)
            {
                var metadata = file[MediaDocument.Metadata].AsBsonDocument;
                try
                {
                    if ((metadata.MaybeText(Field.Sha256) is not { } sha256 || !await isNamed(metadata.Text(Field.Tenant), sha256))
                        && await Remove(file[Field.Id].AsObjectId, old, cancellationToken))
                    {
                        removed++;
                    }
                }
                catch (StoreException exception) when (++failures < MostFailures)
                {
                    Log.MediaNotSwept(logger, exception);
                }
            }
        }
        while (page.Count == PageSize);

        return removed;
    }

    /// <summary>The next page, by age: a cursor over all would stay open for as long as a sweep takes, and the server ends those.</summary>
    /// <param name="met">What was read of the last moment: the index has no ids to go on from.</param>
    private async Task<IReadOnlyList<BsonDocument>> ReadOld(DateTimeOffset before, List<BsonDocument> met, CancellationToken cancellationToken)
    {
        var age = new BsonDocument("$lt", new BsonDateTime(before.UtcDateTime));
        var filter = new BsonDocument(MediaDocument.Updated, age);
        if (met is [var edge, ..])
        {
            age.Add("$gte", Updated(edge));
            filter.Add(Field.Id, new BsonDocument("$nin", new BsonArray(met.Select(static file => file[Field.Id]))));
        }

        var page = await database.Calls.Read(
            token => _collections.MediaFiles.Find(filter, new FindOptions { Hint = Indexes.MediaAge })
                .Sort(new BsonDocument(MediaDocument.Updated, 1))
                .Limit(PageSize)
                .ToListAsync(token),
            cancellationToken);
        met.AddRange(page);
        met.RemoveAll(file => Updated(file) != Updated(met[^1]));
        return page;
    }

    private static BsonValue Updated(BsonDocument file) => file[MediaDocument.Metadata][Field.Updated];

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
