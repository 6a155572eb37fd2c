using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Storage.MongoDB.Writing;
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
        await Profile(url);
        return url;
    }

    /// <summary>Empties a database, which nobody uses any more, for the next test.</summary>
    /// <returns>What the store asked of it that read a collection from its start.</returns>
    public static async Task<IReadOnlyList<string>> GiveBack(string url)
    {
        var parsed = new MongoUrl(url);
        using var client = new MongoClient(parsed);
        var database = client.GetDatabase(parsed.DatabaseName);
        var scans = await Scans(database);
        if (scans.Count > 0)
        {
            // They stay written down in it.
            return scans;
        }

        foreach (var name in await (await database.ListCollectionNamesAsync()).ToListAsync())
        {
            if (!name.StartsWith("system.", StringComparison.Ordinal))
            {
                await database.GetCollection<BsonDocument>(name).WithWriteConcern(WriteConcern.WMajority).DeleteManyAsync(new BsonDocument());
            }
        }

        Free.Add(url);
        return scans;
    }

    /// <summary>Lets the server write down what reads a collection from its start, and nothing else.</summary>
    internal static async Task Profile(string url)
    {
        var parsed = new MongoUrl(url);
        using var client = new MongoClient(parsed);
        var filter = new BsonDocument { { "planSummary", new BsonRegularExpression("COLLSCAN") }, { "appName", Blockers.ApplicationName } };
        await client.GetDatabase(parsed.DatabaseName).RunCommandAsync<BsonDocument>(new BsonDocument { { "profile", 1 }, { "filter", filter } });
    }

    /// <summary>What was written down of a database, but for what is always read whole: the key ring, and the shards of the log (a row each of 16).</summary>
    internal static async Task<IReadOnlyList<string>> Scans(IMongoDatabase database)
    {
        const string profile = "system.profile";
        var others = new BsonArray(new[] { profile, "keys", "shards" }.Select(name => $"{database.DatabaseNamespace.DatabaseName}.{name}"));
        var rows = await database.GetCollection<BsonDocument>(profile).Find(new BsonDocument("ns", new BsonDocument("$nin", others))).ToListAsync();
        return [.. rows.Select(static row => $"{row["ns"]}, {row["planSummary"]}: {row.GetValue("command", row["op"])}")];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var url in All)
        {
            await MongoServer.Drop(url);
        }
    }
}
