using MongoDB.Driver;
using Testcontainers.MongoDb;

namespace Parley.TestServers;

/// <summary>The MongoDB of the tests: the one that <c>PARLEY_TEST_MONGODB</c> names, else one in a container where a Docker engine answers.
/// The only place where a test is skipped for want of one.</summary>
/// <remarks>With the variable set nothing is skipped: a server that does not answer fails the tests.</remarks>
public static class MongoServer
{
    /// <summary>The connection string of a replica set.</summary>
    public const string Variable = "PARLEY_TEST_MONGODB";

    private const string Image = "mongo:7.0";

    private static readonly Lazy<Task<(string? Url, string Reason)>> Found = new(Find);

    /// <summary>Tells the server, or skips the test and says why.</summary>
    /// <returns>A connection string without a database.</returns>
    public static async Task<string> Required()
    {
        var (url, reason) = await Found.Value;
        if (url is null)
        {
            Assert.Skip(reason);
        }

        return url;
    }

    /// <returns>Why there is no server; null = there is one. For a fixture: only a test can be skipped.</returns>
    public static async Task<string?> Missing() => await Found.Value is (null, var reason) ? reason : null;

    /// <summary>The server with a database that nobody else has. Whoever asks for it drops it: <see cref="Drop"/>.</summary>
    /// <param name="name">What the database's name begins with.</param>
    public static async Task<string> FreshDatabase(string name) => WithDatabase(await Required(), $"{name}_{Guid.NewGuid():N}");

    /// <summary>The same server with another database.</summary>
    public static string WithDatabase(string url, string database) => new MongoUrlBuilder(url) { DatabaseName = database }.ToString();

    /// <summary>Drops the database that a connection string names.</summary>
    public static async Task Drop(string url)
    {
        var parsed = new MongoUrl(url);
        using var client = new MongoClient(parsed);
        await DatabaseDrop.Drop(client, parsed.DatabaseName);
    }

    private static async Task<(string? Url, string Reason)> Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } url)
        {
            return (url, "");
        }

        try
        {
            // Testcontainers takes it away when this process ends.
            var container = new MongoDbBuilder(Image).WithReplicaSet("rs0").Build();
            await container.StartAsync();

            // Its user belongs to "admin", whatever database a test adds to the address.
            return (new MongoUrlBuilder(container.GetConnectionString()) { AuthenticationSource = "admin" }.ToString(), "");
        }
#pragma warning disable CA1031 // Whatever keeps Docker from answering: there is no server.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (null, $"No MongoDB: {Variable} is not set, and no Docker engine started one ({exception.Message}).");
        }
    }
}
