using MongoDB.Driver;

namespace Parley.TestMongo;

/// <summary>A database that goes with its test.</summary>
public sealed class TestDatabase(MongoUrl url) : IAsyncDisposable
{
    private readonly MongoClient _client = new(url);

    /// <summary>Names the server and the database.</summary>
    public string ConnectionString { get; } = url.ToString();

    public IMongoDatabase Database => _client.GetDatabase(url.DatabaseName);

    public async ValueTask DisposeAsync()
    {
        await _client.DropDatabaseAsync(url.DatabaseName);
        _client.Dispose();
    }
}
