using Microsoft.Extensions.DependencyInjection;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB;
using Parley.Storage.Sqlite;

namespace Parley.Bench.Store;

/// <summary>The store that is measured, on data of its own that goes with it.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string? _directory;
    private readonly string? _url;

    private Target(ServiceProvider services, string? directory, string? url) => (_services, _directory, _url) = (services, directory, url);

    public IConversationStore Store => _services.GetRequiredService<IConversationStore>();

    public IEventRelay? Relay => _services.GetService<IEventRelay>();

    public IEventLog Log => _services.GetRequiredService<IEventLog>();

    /// <summary>The database, where it is MongoDB.</summary>
    public string? Url => _url;

    public static async Task<Target> Open(Options options)
    {
        if (options.Mongo is null)
        {
            var directory = options.Data ?? Directory.CreateTempSubdirectory("parley-bench-").FullName;
            var services = new ServiceCollection().AddSqliteStorage(new SqliteOptions { DataDirectory = directory }).BuildServiceProvider();
            return new Target(services, options.Data is null ? directory : null, null);
        }

        var url = new MongoUrlBuilder(options.Mongo) { DatabaseName = $"parley_bench_{Guid.NewGuid():N}" }.ToString();
        var mongo = new ServiceCollection()
            .AddMongoStorage(new MongoOptions { ConnectionString = url, Flushers = options.Flushers })
            .BuildServiceProvider();
        await mongo.GetRequiredService<MongoDatabase>().Prepare(CancellationToken.None);
        return new Target(mongo, null, url);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_directory is not null)
        {
            Directory.Delete(_directory, recursive: true);
        }

        if (_url is not null)
        {
            using var client = new MongoClient(_url);
            await client.DropDatabaseAsync(new MongoUrl(_url).DatabaseName);
        }
    }
}
