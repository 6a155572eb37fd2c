using MongoDB.Bson;
using Parley.TestServers;

namespace Parley.Api.Tests;

/// <summary>A cluster of one node that ends and starts again on the data that it had.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly TestCluster _cluster;
    private ParleyProcess? _node;

    private Installation(TestDatabase database) => (_database, _cluster) = (database, new TestCluster(database));

    public static async Task<Installation> New() => new(await TestDatabase.New());

    public async Task<ParleyProcess> Start(params string[] settings) => _node = await _cluster.Start("both", settings);

    /// <summary>Stops it. To Parley it will have been away for long enough to have missed something: where another node may have taken the
    /// webhooks a short absence is none, so the last sign of life is made older than it is.</summary>
    public async Task End()
    {
        Assert.Equal(0, await _node!.Stop());
        var moved = await _database.Database.GetCollection<BsonDocument>("places").UpdateOneAsync(
            new BsonDocument("_id", "webhooks.taken"),
            new BsonDocument("$inc", new BsonDocument("position", -(long)TimeSpan.FromMinutes(1).TotalMilliseconds)));
        Assert.Equal(1, moved.ModifiedCount);
    }

    /// <summary>The database goes with the cluster.</summary>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
