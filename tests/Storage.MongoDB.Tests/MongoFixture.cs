using Microsoft.Extensions.DependencyInjection;
using Parley.Storage.Contract;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>Stores on databases of their own.</summary>
internal sealed class MongoFixture : IStoreFixture
{
    public async Task<TestStore> Open(TimeProvider time)
    {
        var options = new MongoOptions { ConnectionString = await Databases.Take() };
        var services = await Services(options, time);
        return new TestStore(services, async () =>
        {
            await services.DisposeAsync();
            await Databases.GiveBack(options.ConnectionString);
        });
    }

    public static async Task<ServiceProvider> Services(MongoOptions options, TimeProvider? time = null)
    {
        var services = new ServiceCollection()
            .AddSingleton(time ?? TimeProvider.System)
            .AddMongoStorage(options)
            .BuildServiceProvider();
        await services.GetRequiredService<MongoDatabase>().Prepare(TestContext.Current.CancellationToken);
        return services;
    }
}
