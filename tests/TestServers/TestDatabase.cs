using MongoDB.Driver;

namespace Parley.TestServers;

/// <summary>A database that goes with its test.</summary>
/// <param name="address">Names the server and the database.</param>
public sealed class TestDatabase(string address) : IAsyncDisposable
{
    private readonly MongoClient _client = new(address);

    public string ConnectionString { get; } = address;

    public IMongoDatabase Database => _client.GetDatabase(new MongoUrl(ConnectionString).DatabaseName);

    /// <summary>One on the tests' MongoDB that nobody has used.</summary>
    public static async Task<TestDatabase> New() => new(await MongoServer.FreshDatabase("parley_test"));

    public async ValueTask DisposeAsync()
    {
        try
        {
            await DatabaseDrop.Drop(_client, Database.DatabaseNamespace.DatabaseName);
        }
        catch (Exception e) when (e is TimeoutException or MongoConnectionException)
        {
            // A test that failed while it had taken the server away: what it says counts, and the database goes with the server.
        }

        _client.Dispose();
    }
}
