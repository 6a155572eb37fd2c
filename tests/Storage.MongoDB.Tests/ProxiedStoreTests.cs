using Microsoft.Extensions.DependencyInjection;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>A test with a database of its own, and a store whose way to it can be watched and cut.</summary>
public abstract class ProxiedStoreTests : IAsyncLifetime
{
    private string _url = null!;
    private ServiceProvider _services = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected MongoProxy Proxy { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _url = await Databases.Take();
        Proxy = MongoProxy.Before(_url);
        _services = await MongoFixture.Services(new MongoOptions { ConnectionString = Proxy.Url });
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Proxy.Heal();
        await _services.DisposeAsync();
        await Proxy.DisposeAsync();
        await Databases.GiveBack(_url);
    }

    protected T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();
}
