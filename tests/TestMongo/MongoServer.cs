using MongoDB.Driver;
using Testcontainers.MongoDb;

namespace Parley.TestMongo;

/// <summary>The MongoDB of the tests: the one that <c>PARLEY_TEST_MONGODB</c> names, else one of our own in a container, else none.</summary>
/// <remarks>The one place that decides whether tests which need MongoDB are skipped.</remarks>
public static class MongoServer
{
    public const string Variable = "PARLEY_TEST_MONGODB";

    private static readonly Lazy<Task<(string? Address, string Reason)>> Found = new(Find);

    /// <summary>A database that nobody has used.</summary>
    public static async Task<TestDatabase> NewDatabase()
    {
        var (address, reason) = await Found.Value;
        Assert.SkipWhen(address is null, reason);
        var url = new MongoUrlBuilder(address) { DatabaseName = $"parley_test_{Guid.NewGuid():N}" };
        return new TestDatabase(url.ToMongoUrl());
    }

    private static async Task<(string? Address, string Reason)> Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return (named, "");
        }

        try
        {
            var container = new MongoDbBuilder("mongo:7.0").WithReplicaSet().Build();
            await container.StartAsync();
            return (container.GetConnectionString(), "");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (null, $"No MongoDB: {Variable} is not set, and no Docker engine answers ({e.GetType().Name}).");
        }
    }
}
