using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Parley.Domain.Addresses;
using Parley.Ports;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>A call has one deadline, however many things it waits for one after the other.</summary>
public sealed class DeadlineTests : IDisposable
{
    private const string Tenant = "acme";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>How long what is waited for first takes.</summary>
    private static readonly TimeSpan First = TimeSpan.FromSeconds(8);

    private readonly TempData _data = new();
    private readonly ServiceProvider _services;
    private readonly SqliteDatabase _database;
    private readonly ManualResetEventSlim _end = new();

    public DeadlineTests()
    {
        _services = SqliteFixture.Services(_data.Options with { Deadline = Deadline, Readers = 1 });
        _database = _services.GetRequiredService<SqliteDatabase>();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _end.Set();
        _services.Dispose();
        _end.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task A_read_that_has_waited_for_its_connection()
    {
        var first = _database.Read(_ => _end.Wait(First), Token);
        await EndsInTime(() => _database.Read(_ => _end.Wait(Deadline * 3), Token));
        Assert.False(await first);
    }

    [Fact]
    public async Task Pairs_that_are_looked_up_before_they_are_learned() => await EndsInTime(Busy(() => _services.GetRequiredService<IAddressBook>().Learn(
        Tenant, [new LidPair(Address.Parse("100000000000011@lid"), Address.Parse("5511987650001"))], DateTimeOffset.UnixEpoch, Token)));

    [Fact]
    public async Task Names_that_are_looked_up_before_they_are_put() => await EndsInTime(Busy(() => _services.GetRequiredService<IDirectory>().Put(
        Tenant, [new DirectoryEntry(Address.Parse("5511987650001"), "Ana", null, DateTimeOffset.UnixEpoch)], Token)));

    /// <summary>Makes the reads take their time, and the writer all of it.</summary>
    private Func<Task> Busy(Func<Task> call) => async () =>
    {
        var reading = _database.ReadShort(_ => _end.Wait(First), Token);
        var writing = _database.Write(1, _ => _end.Wait(Deadline * 3), Token);
        try
        {
            await call();
        }
        finally
        {
            _end.Set();
            await reading;
            await Task.WhenAny(writing);
        }
    };

    private static async Task EndsInTime(Func<Task> call)
    {
        var began = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<StoreUnavailableException>(call);

        // With a deadline for each of the two it would be the sum of both.
        Assert.InRange(Stopwatch.GetElapsedTime(began), First, Deadline + (First * 0.75));
    }
}
