using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Parley.Bench.Store;

/// <summary>What the server does with the bare rows of the same messages: InsertMany, majority, journaled, the same indexes.</summary>
internal static class RawInserts
{
    private const int Together = 500;

    /// <returns>Messages per second.</returns>
    public static async Task<double> Measure(string url, TimeSpan time)
    {
        var parsed = new MongoUrl(url);
        using var client = new MongoClient(parsed);
        var database = client.GetDatabase(parsed.DatabaseName);
        var messages = database.GetCollection<BsonDocument>("messages");
        var rows = await messages.Find(new BsonDocument()).Limit(Together).ToListAsync();
        var indexes = await (await messages.Indexes.ListAsync()).ToListAsync();
        await database.CreateCollectionAsync("raw");
        foreach (var index in indexes.Where(index => index["name"] != "_id_"))
        {
            var keys = new BsonDocument { { "key", index["key"] }, { "name", index["name"] } };
            foreach (var option in new[] { "unique", "partialFilterExpression" }.Where(index.Contains))
            {
                keys.Add(option, index[option]);
            }

            await database.RunCommandAsync<BsonDocument>(new BsonDocument { { "createIndexes", "raw" }, { "indexes", new BsonArray { keys } } });
        }

        var raw = database.GetCollection<BsonDocument>("raw").WithWriteConcern(WriteConcern.WMajority.With(journal: true));
        var watch = Stopwatch.StartNew();
        var count = 0;
        var sequence = 0L;
        while (watch.Elapsed < time)
        {
            foreach (var row in rows)
            {
                row["_id"]["n"] = ++sequence;
                row["id"] = new BsonBinaryData(Guid.CreateVersion7(), GuidRepresentation.Standard);
                row["key"] = new BsonBinaryData(Guid.NewGuid().ToByteArray());
            }

            await raw.InsertManyAsync(rows);
            count += rows.Count;
        }

        return count / watch.Elapsed.TotalSeconds;
    }
}
