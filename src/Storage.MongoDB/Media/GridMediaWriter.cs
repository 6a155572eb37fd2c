using System.Security.Cryptography;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB.Media;

/// <summary>A media file in the making.</summary>
internal sealed class GridMediaWriter(MongoDatabase database, string tenantId, ObjectId id) : IMediaWriter
{
    private readonly Collections _collections = database.Collections;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MemoryStream _chunk = new();
    private int _chunks;
    private long _size;
    private bool _isNamed;

    public static async Task Delete(MongoDatabase database, ObjectId id, CancellationToken cancellationToken)
    {
        // The row last: as long as there is a chunk, the sweep finds it by the row.
        await database.Calls.Write(
            token => database.Collections.MediaChunks.DeleteManyAsync(new BsonDocument(MediaDocument.ChunkFile, id), token), cancellationToken);
        await database.Calls.Write(
            token => database.Collections.MediaFiles.DeleteOneAsync(new BsonDocument(Field.Id, id), token), cancellationToken);
    }

    public async ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _hash.AppendData(bytes.Span);
        _size += bytes.Length;
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, MediaDocument.ChunkSize - (int)_chunk.Length)];
            _chunk.Write(part.Span);
            bytes = bytes[part.Length..];
            if (_chunk.Length == MediaDocument.ChunkSize)
            {
                await WriteChunk(cancellationToken);
            }
        }
    }

    public async Task<StoredMedia> Complete(CancellationToken cancellationToken)
    {
        if (_chunk.Length > 0)
        {
            await WriteChunk(cancellationToken);
        }

        var sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset());

        // From here on it may have the name, and be what others rely on, whatever the answer: then it is for the sweep to judge.
        _isNamed = true;
        _isNamed = await database.Calls.Write(token => TakeName(sha256, token), cancellationToken);
        return new StoredMedia(sha256, _size);
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await _chunk.DisposeAsync();
        if (!_isNamed)
        {
            try
            {
                await Delete(database, id, CancellationToken.None);
            }
            catch (StoreException)
            {
                // The sweep takes it.
            }
        }
    }

    private async Task WriteChunk(CancellationToken cancellationToken)
    {
        var chunk = MediaDocument.Chunk(id, _chunks, _chunk.ToArray());
        await database.Calls.Write(token => _collections.MediaChunks.InsertOneAsync(chunk, null, token), cancellationToken);
        _chunks++;
        _chunk.SetLength(0);
    }

    /// <returns>False when another file has the name: it has the same bytes, and is renewed in the place of this one.</returns>
    private async Task<bool> TakeName(string sha256, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var named = await _collections.MediaFiles.UpdateOneAsync(
                    new BsonDocument(Field.Id, id), MediaDocument.Complete(tenantId, sha256, _size), cancellationToken: cancellationToken);
                return named.MatchedCount == 1
                    ? true
                    : throw new StoreUnavailableException("The file was taken for a leftover while it was written.");
            }
            catch (MongoException exception) when (Failures.IsDuplicate(exception))
            {
                var renewed = await _collections.MediaFiles.UpdateOneAsync(
                    MediaDocument.Named(tenantId, sha256),
                    new BsonDocument("$currentDate", new BsonDocument(MediaDocument.Updated, true)),
                    cancellationToken: cancellationToken);
                if (renewed.MatchedCount == 1)
                {
                    return false;
                }
            }
        }
    }
}
