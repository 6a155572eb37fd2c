using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Storage.MongoDB.Rows;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>Deletes what is old a batch at a time, so that no call gets long.</summary>
internal static class Batches
{
    public static async Task<int> Delete(
        Calls calls, IMongoCollection<BsonDocument> collection, BsonDocument filter, int size, CancellationToken cancellationToken)
    {
        var total = 0;
        while (true)
        {
            var ids = await calls.Read(
                token => collection.Find(filter).Limit(size).Project(new BsonDocument(Field.Id, 1)).ToListAsync(token), cancellationToken);
            if (ids.Count > 0)
            {
                var result = await calls.Write(
                    token => collection.DeleteManyAsync(
                        new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(ids.Select(static row => row[Field.Id])))), token),
                    cancellationToken);
                total += (int)result.DeletedCount;
            }

            if (ids.Count < size)
            {
                return total;
            }
        }
    }
}
