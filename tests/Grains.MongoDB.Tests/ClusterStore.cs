using Microsoft.Extensions.DependencyInjection;
using Parley.Storage.MongoDB;
using Parley.TestServers;

namespace Parley.Grains.Tests;

/// <summary>The store of the cluster's tests: MongoDB.</summary>
internal sealed class ClusterStore : IAsyncDisposable
{
    private string? _url;

    /// <returns>Why the store cannot be had here; null = it can.</returns>
    public static Task<string?> Missing() => MongoServer.Missing();

    public async Task<ServiceProvider> Open()
    {
        _url = await MongoServer.FreshDatabase("parley_grains");
        var services = new ServiceCollection().AddMongoStorage(new MongoOptions { ConnectionString = _url }).BuildServiceProvider();
        await services.GetRequiredService<MongoDatabase>().Prepare(CancellationToken.None);
        return services;
    }

    public async ValueTask DisposeAsync()
    {
        if (_url is not null)
        {
            await MongoServer.Drop(_url);
        }
    }
}
