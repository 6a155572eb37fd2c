using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>What one node has protected, another can read.</summary>
public sealed class KeyRingTests
{
    [Fact]
    public async Task Nodes_share_their_keys()
    {
        var options = new MongoOptions { ConnectionString = await Databases.Take() };
        await using (var one = await Node(options))
        await using (var other = await Node(options))
        {
            var secret = Protector(one).Protect("secret");
            Assert.Equal("secret", Protector(other).Unprotect(secret));
        }

        await Databases.GiveBack(options.ConnectionString);
    }

    [Fact]
    public async Task A_key_is_written_and_read_as_all_else_is()
    {
        var url = await Databases.Take();
        var watch = new ConcernWatch();
        await using (var proxy = MongoProxy.Before(url))
        await using (var node = await Node(new MongoOptions { ConnectionString = proxy.Url }))
        {
            proxy.OnBody = watch.Hear;
            Protector(node).Protect("secret");
        }

        await Databases.GiveBack(url);
        Assert.True(watch.Judged >= 2);
        Assert.Empty(watch.Broken);
    }

    private static IDataProtector Protector(ServiceProvider node) => node.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private static async Task<ServiceProvider> Node(MongoOptions options)
    {
        var services = new ServiceCollection().AddMongoStorage(options);
        services.AddDataProtection().SetApplicationName("parley").PersistKeysToMongo();
        var node = services.BuildServiceProvider();
        await node.GetRequiredService<MongoDatabase>().Prepare(TestContext.Current.CancellationToken);
        return node;
    }
}
