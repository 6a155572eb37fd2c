using Microsoft.Extensions.DependencyInjection;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>Short reads share a snapshot, and nothing else.</summary>
public sealed class ShortReadTests : IDisposable
{
    private const string Tenant = "acme";

    private readonly TempData _data = new();
    private readonly ServiceProvider _services;
    private readonly SqliteDatabase _database;

    public ShortReadTests()
    {
        _services = SqliteFixture.Services(_data.Options);
        _database = _services.GetRequiredService<SqliteDatabase>();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _services.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task A_read_that_fails_fails_alone_and_as_itself()
    {
        using var others = new ManualResetEventSlim();
        var first = _database.ReadShort(Tenant, (_, _) => Wait(others), Token);

        // These wait for the first one, so they go together.
        var before = _database.ReadShort(Tenant, static (_, _) => 1, Token);
        var bad = _database.ReadShort<int>(Tenant, static (_, _) => throw new FormatException("A damaged row."), Token);
        var after = _database.ReadShort(Tenant, static (_, _) => 2, Token);
        others.Set();

        Assert.True(await first);
        await Assert.ThrowsAsync<FormatException>(() => bad);
        Assert.Equal(1, await before);
        Assert.Equal(2, await after);
        Assert.Equal(3, await _database.ReadShort(Tenant, static (_, _) => 3, Token));
    }

    private static bool Wait(ManualResetEventSlim others) => others.Wait(TimeSpan.FromSeconds(4));
}
