using Microsoft.Extensions.DependencyInjection;
using Parley.Storage.Contract;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>Stores on files of their own.</summary>
internal sealed class SqliteFixture : IStoreFixture
{
    public Task<TestStore> Open(TimeProvider time)
    {
        var data = new TempData();
        var services = Services(data.Options, time);
        return Task.FromResult(new TestStore(services, async () =>
        {
            await services.DisposeAsync();
            data.Dispose();
        }));
    }

    public static ServiceProvider Services(SqliteOptions options, TimeProvider? time = null) => new ServiceCollection()
        .AddSingleton(time ?? TimeProvider.System)
        .AddSqliteStorage(options)
        .BuildServiceProvider();
}
