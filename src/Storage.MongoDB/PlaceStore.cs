using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>How far readers of logs have come.</summary>
internal sealed class PlaceStore(MongoDatabase database) : IPlaceStore
{
    private readonly Collections _collections = database.Collections;

    public Task<long?> ReadPlace(string name, CancellationToken cancellationToken) => database.Calls.Read(
        async token => (await _collections.Places.Find(new BsonDocument(Field.Id, name)).FirstOrDefaultAsync(token))?.MaybeInt64(Field.Position),
        cancellationToken);

    public Task<bool> MovePlace(string name, long? from, long to, CancellationToken cancellationToken) => database.Calls.Write(
        async token =>
        {
            if (from is { } before)
            {
                var moved = await _collections.Places.UpdateOneAsync(
                    new BsonDocument { { Field.Id, name }, { Field.Position, new BsonInt64(before) } },
                    new BsonDocument("$set", new BsonDocument(Field.Position, new BsonInt64(to))),
                    cancellationToken: token);
                return moved.MatchedCount == 1;
            }

            try
            {
                await _collections.Places.InsertOneAsync(
                    new BsonDocument { { Field.Id, name }, { Field.Position, new BsonInt64(to) } }, null, token);
                return true;
            }
            catch (MongoException exception) when (Failures.IsDuplicate(exception))
            {
                return false;
            }
        },
        cancellationToken);
}
