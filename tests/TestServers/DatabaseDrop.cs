using MongoDB.Bson;
using MongoDB.Driver;

namespace Parley.TestServers;

/// <summary>Drops a database whose users may have been killed: the server keeps a transaction that one of them left open for a minute, and
/// nobody can drop the database meanwhile.</summary>
internal static class DatabaseDrop
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Parley itself ends what stands still for a second: no client that lives is ever so slow.</summary>
    private const long AbandonedMicros = 1_000_000;

    public static async Task Drop(IMongoClient client, string name)
    {
        var drop = client.DropDatabaseAsync(name);
        while (await Task.WhenAny(drop, Task.Delay(Patience)) != drop)
        {
            await EndAbandoned(client.GetDatabase("admin"));
        }

        await drop;
    }

    private static async Task EndAbandoned(IMongoDatabase admin)
    {
        using var found = await admin.AggregateAsync<BsonDocument>(new BsonDocument[]
        {
            new("$currentOp", new BsonDocument("idleSessions", true)),
            new("$match", new BsonDocument
            {
                { "type", "idleSession" }, { "transaction.timeInactiveMicros", new BsonDocument("$gte", AbandonedMicros) },
            }),
            new("$project", new BsonDocument("lsid", 1)),
        });
        foreach (var session in await found.ToListAsync())
        {
            await admin.RunCommandAsync<BsonDocument>(
                new BsonDocument("killSessions", new BsonArray { new BsonDocument("id", session["lsid"]["id"]) }));
        }
    }
}
