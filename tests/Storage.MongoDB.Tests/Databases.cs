using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.TestServers;

[assembly: AssemblyFixture(typeof(Parley.Storage.MongoDB.Tests.Databases))]

namespace Parley.Storage.MongoDB.Tests;

/// <summary>Databases that tests use one after the other, emptied in between; dropped at the end.</summary>
/// <remarks>A dropped database keeps its files open for some minutes: one for every test would be more than a server may open.</remarks>
public sealed class Databases : IAsyncDisposable
{
    private static readonly ConcurrentBag<string> Free = [];
    private static readonly ConcurrentBag<string> All = [];

    /// <summary>Takes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> Take()
    {
        if (Free.TryTake(out var url))
        {
            return url;
        }

        url = await MongoServer.FreshDatabase("parley_test");
        All.Add(url);
        return url;
    }

    /// <summary>Empties a database, which nobody uses any more, for the next test.</summary>
    public static async Task GiveBack(string url)
    {
        var parsed = new MongoUrl(url);
        using var client = new MongoClient(parsed);
        var database = client.GetDatabase(parsed.DatabaseName);
        foreach (var name in await (await database.ListCollectionNamesAsync()).ToListAsync())
        {
            await database.GetCollection<BsonDocument>(name).WithWriteConcern(WriteConcern.WMajority).DeleteManyAsync(new BsonDocument());
        }

        Free.Add(url);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var url in All)
        {
            await MongoServer.Drop(url);
        }
    }
}
