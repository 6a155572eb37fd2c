using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Idempotency keys.</summary>
internal sealed class IdempotencyStore(MongoDatabase database) : IIdempotencyStore
{
    private const int BatchRows = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Collections _collections = database.Collections;

    public async Task<IdempotencyRow?> BeginKey(string tenantId, IdempotencyRow row, CancellationToken cancellationToken)
    {
        var id = Id(tenantId, row.Route, row.Key);
        var document = new BsonDocument
        {
            { Field.Id, id },
            { Field.Fingerprint, Values.Of(row.Fingerprint) },
            { Field.OfConversation, row.ConversationId },
            { Field.OfMessage, Values.Of(row.MessageId) },
            { Field.Begun, Values.Ticks(row.BegunAt) },
            { Field.Tried, Values.Ticks(row.TriedAt) },
        };
        return await database.Calls.Write(
            async token =>
            {
                while (true)
                {
                    try
                    {
                        await _collections.Idempotency.InsertOneAsync(document, null, token);
                        return null;
                    }
                    catch (MongoException exception) when (Failures.IsDuplicate(exception))
                    {
                        // What is read is durable; while the other caller's row is not, it cannot be read.
                        if (await _collections.Idempotency.Find(new BsonDocument(Field.Id, id)).FirstOrDefaultAsync(token) is { } kept)
                        {
                            return Read(row.Route, row.Key, kept);
                        }

                        await Task.Delay(Pause, token);
                    }
                }
            },
            cancellationToken);
    }

    public Task<bool> RenewKey(string tenantId, IdempotencyRow read, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Calls.Write(
            async token =>
            {
                var renewed = new BsonDocument("$set", new BsonDocument(Field.Tried, Values.Ticks(now)));
                return (await _collections.Idempotency.UpdateOneAsync(AsTried(tenantId, read), renewed, null, token)).MatchedCount == 1;
            },
            cancellationToken);

    public Task RemoveKey(string tenantId, IdempotencyRow tried, CancellationToken cancellationToken) => database.Calls.Write(
        token => _collections.Idempotency.DeleteOneAsync(AsTried(tenantId, tried), token), cancellationToken);

    public Task<int> ExpireKeys(DateTimeOffset before, CancellationToken cancellationToken) => Batches.Delete(
        database.Calls,
        _collections.Idempotency,
        new BsonDocument(Field.Begun, new BsonDocument("$lt", Values.Ticks(before))),
        BatchRows,
        cancellationToken);

    private static BsonDocument AsTried(string tenantId, IdempotencyRow row) => new()
    {
        { Field.Id, Id(tenantId, row.Route, row.Key) },
        { Field.OfMessage, Values.Of(row.MessageId) },
        { Field.Tried, Values.Ticks(row.TriedAt) },
    };

    private static BsonDocument Id(string tenantId, string route, string key) => new()
    {
        { Field.IdTenant, tenantId }, { Field.IdRoute, route }, { Field.IdKey, key },
    };

    private static IdempotencyRow Read(string route, string key, BsonDocument row) => new(
        route,
        key,
        row[Field.Fingerprint].AsByteArray,
        row.Text(Field.OfConversation),
        row.Guid(Field.OfMessage),
        row.Time(Field.Begun),
        row.Time(Field.Tried));
}
