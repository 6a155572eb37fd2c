using Microsoft.Extensions.DependencyInjection;
using Parley.Storage.Contract;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>Stores on databases of their own. Of each it is looked up what it promised on the wire of every read and write, and whether it read a
/// collection from its start: either fails the test.</summary>
internal sealed class MongoFixture : IStoreFixture
{
    public async Task<TestStore> Open(TimeProvider time)
    {
        var url = await Databases.Take();
        var proxy = MongoProxy.Before(url);
        var watch = new ConcernWatch();
        proxy.OnBody = watch.Hear;
        var services = await Services(new MongoOptions { ConnectionString = proxy.Url }, time);
        return new TestStore(services, async () =>
        {
            await services.DisposeAsync();
            await proxy.DisposeAsync();
            var scans = await Databases.GiveBack(url);
            Assert.True(watch.Judged > 0);
            Assert.True(watch.Broken.Count == 0, $"Less than promised: {string.Join('\n', watch.Broken)}");
            Assert.True(scans.Count == 0, $"Read from its start: {string.Join('\n', scans)}");
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
