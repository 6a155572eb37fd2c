using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB;

/// <summary>The bytes of payloads that are too many for a document (16 MB), as files of GridFS that a row owns.</summary>
/// <remarks>A file's row is there before its first chunk and goes after its last, so whatever a crash leaves is found by it. All bytes are
/// durable before a row owns them, in the transaction that makes the row; from then on only the transaction that removes the row gives
/// them up. A file that nobody owns for <see cref="Leftover"/> is swept, and nobody can own it any more.</remarks>
internal sealed class LargePayloads(MongoDatabase database)
{
    /// <summary>Up to so many bytes are kept in the row itself: one write, and nothing to sweep.</summary>
    public const int LargestInRow = 1_048_576;

    /// <summary>Chunks of one request: each has the deadline of a call, the payload has none.</summary>
    private const int ChunksAtOnce = 8;

    private static readonly TimeSpan Leftover = TimeSpan.FromHours(1);

    private readonly IMongoCollection<BsonDocument> _files = database.Collections.QuarantineFiles;
    private readonly IMongoCollection<BsonDocument> _chunks = database.Collections.QuarantineChunks;

    /// <summary>Makes bytes durable.</summary>
    /// <returns>The file, which nobody owns yet.</returns>
    public async Task<ObjectId> Write(string tenantId, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var id = ObjectId.GenerateNewId();
        await database.Calls.Write(
            token => _files.UpdateOneAsync(
                new BsonDocument(Field.Id, id), MediaDocument.Begin(tenantId, bytes.Length), new UpdateOptions { IsUpsert = true }, token),
            cancellationToken);
        var number = 0;
        while (!bytes.IsEmpty)
        {
            var chunks = new List<BsonDocument>(ChunksAtOnce);
            while (chunks.Count < ChunksAtOnce && !bytes.IsEmpty)
            {
                var part = bytes[..Math.Min(bytes.Length, MediaDocument.ChunkSize)];
                chunks.Add(MediaDocument.Chunk(id, number++, part.ToArray()));
                bytes = bytes[part.Length..];
            }

            await database.Calls.Write(token => _chunks.InsertManyAsync(chunks, null, token), cancellationToken);
        }

        return id;
    }

    /// <summary>Gives a file to the row that the transaction makes.</summary>
    /// <exception cref="StoreUnavailableException">It was swept: its writer took too long.</exception>
    public async Task Own(IClientSessionHandle session, ObjectId id, CancellationToken cancellationToken)
    {
        var owned = await _files.UpdateOneAsync(
            session,
            InState(id, null),
            new BsonDocument("$set", new BsonDocument(MediaDocument.State, MediaDocument.Owned)),
            cancellationToken: cancellationToken);
        if (owned.MatchedCount == 0)
        {
            throw new StoreUnavailableException("The payload was taken for a leftover while it was written.");
        }
    }

    /// <summary>Takes a file from the row that the transaction removes. Its bytes go by <see cref="Delete"/>.</summary>
    public Task Disown(IClientSessionHandle session, ObjectId id, CancellationToken cancellationToken) => _files.UpdateOneAsync(
        session,
        InState(id, MediaDocument.Owned),
        new BsonDocument("$set", new BsonDocument(MediaDocument.State, MediaDocument.Dropped)),
        cancellationToken: cancellationToken);

    /// <returns>Null when some of it is missing.</returns>
    public async Task<byte[]?> Read(ObjectId id, CancellationToken cancellationToken)
    {
        var file = await database.Calls.Read(token => _files.Find(new BsonDocument(Field.Id, id)).FirstOrDefaultAsync(token), cancellationToken);
        if (file is null)
        {
            return null;
        }

        var bytes = new byte[file.Int64(MediaDocument.Length)];
        var (at, number) = (0, 0);
        while (at < bytes.Length)
        {
            var chunks = await database.Calls.Read(
                token => _chunks
                    .Find(new BsonDocument
                    {
                        { MediaDocument.ChunkFile, id },
                        { MediaDocument.ChunkNumber, new BsonDocument { { "$gte", number }, { "$lt", number + ChunksAtOnce } } },
                    })
                    .Sort(new BsonDocument { { MediaDocument.ChunkFile, 1 }, { MediaDocument.ChunkNumber, 1 } })
                    .ToListAsync(token),
                cancellationToken);
            if (chunks.Count == 0)
            {
                return null;
            }

            foreach (var chunk in chunks)
            {
                var data = chunk[MediaDocument.ChunkData].AsByteArray;
                if (chunk[MediaDocument.ChunkNumber].AsInt32 != number++ || at + data.Length > bytes.Length)
                {
                    return null;
                }

                data.CopyTo(bytes, at);
                at += data.Length;
            }
        }

        return bytes;
    }

    /// <summary>Deletes a file that nobody owns, and that nobody can own any more.</summary>
    public async Task Delete(ObjectId id, CancellationToken cancellationToken)
    {
        // The row last: as long as there is a chunk, the sweep finds it by the row.
        await database.Calls.Write(token => _chunks.DeleteManyAsync(new BsonDocument(MediaDocument.ChunkFile, id), token), cancellationToken);
        await database.Calls.Write(token => _files.DeleteOneAsync(new BsonDocument(Field.Id, id), token), cancellationToken);
    }

    /// <summary>Deletes what writers and removers that died have left.</summary>
    public async Task Sweep(CancellationToken cancellationToken)
    {
        var leftOver = new BsonDocument("$or", new BsonArray
        {
            new BsonDocument(MediaDocument.State, MediaDocument.Dropped),
            new BsonDocument
            {
                { MediaDocument.State, BsonNull.Value },

                // Both are the database's own time: no node's clock can make a file old that is being written.
                {
                    "$expr",
                    new BsonDocument("$lt", new BsonArray
                    {
                        "$" + MediaDocument.Updated,
                        new BsonDocument("$subtract", new BsonArray { "$$NOW", new BsonInt64((long)Leftover.TotalMilliseconds) }),
                    })
                },
            },
        });
        var found = await database.Calls.Read(
            token => _files.Find(leftOver).Project(new BsonDocument { { Field.Id, 1 }, { MediaDocument.State, 1 } }).ToListAsync(token),
            cancellationToken);
        foreach (var file in found)
        {
            var id = file[Field.Id].AsObjectId;
            if (await TryDrop(id, cancellationToken))
            {
                await Delete(id, cancellationToken);
            }
        }
    }

    /// <summary>Makes sure that nobody can own a file any more.</summary>
    /// <returns>False when a row owns it.</returns>
    public Task<bool> TryDrop(ObjectId id, CancellationToken cancellationToken) => database.Calls.Write(
        async token =>
        {
            var dropped = await _files.UpdateOneAsync(
                new BsonDocument { { Field.Id, id }, { MediaDocument.State, new BsonDocument("$ne", MediaDocument.Owned) } },
                new BsonDocument("$set", new BsonDocument(MediaDocument.State, MediaDocument.Dropped)),
                cancellationToken: token);
            return dropped.MatchedCount == 1;
        },
        cancellationToken);

    private static BsonDocument InState(ObjectId id, string? state) => new()
    {
        { Field.Id, id }, { MediaDocument.State, Values.Of(state) },
    };
}
