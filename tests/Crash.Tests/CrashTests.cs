using System.Globalization;

namespace Parley.Crash.Tests;

public sealed class CrashTests
{
    private const int Posters = 12;

    private static int Kills => Setting("PARLEY_KILLS") ?? 8;

    [Fact]
    public async Task Whatever_was_acknowledged_is_there_once_after_many_kills()
    {
        using var directory = new TemporaryDirectory();
        var seed = Setting("PARLEY_SEED") ?? Random.Shared.Next(1, 10_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"PARLEY_SEED={seed}");
        var random = new Random(seed);
        var parley = await ParleyProcess.Start(directory.Path);
        try
        {
            var tenant = await parley.NewTenant();
            var target = new SwitchedTarget(parley.Address);
            var load = new Load(tenant, target, Posters, seed);
            load.Start();
            var editsWaited = false;
            for (var kill = 0; kill < Kills; kill++)
            {
                await load.WaitFor(random.Next(20, 300));
                await Task.Delay(random.Next(10), TestContext.Current.CancellationToken);
                target.Down();
                await parley.Kill();
                editsWaited |= EditsWaited(parley);
                await parley.DisposeAsync();
                parley = await ParleyProcess.Start(directory.Path);
                target.Up(parley.Address);
            }

            await load.WaitFor(100);
            await load.End();

            Assert.True(load.Done.Count > 100, "Hardly anything was posted.");

            // While it is down it answers nothing; while it is up it refuses nothing but what it cannot keep.
            Assert.DoesNotContain(load.Refusals.Keys, static status => status != 503);
            using var client = parley.With(tenant.ApiKey);
            var ids = await LoadCheck.Check(client, load.Done, editsWaited);
            Assert.Equal(0, await parley.Stop());
            LoadCheck.CheckEvents(await EventLogFile.Read(directory.Path, tenant.Id), ids);
        }
        finally
        {
            await parley.DisposeAsync();
        }
    }

    [Fact]
    public async Task Whatever_was_acknowledged_is_there_after_stops_under_load()
    {
        using var directory = new TemporaryDirectory();
        var parley = await ParleyProcess.Start(directory.Path);
        try
        {
            var tenant = await parley.NewTenant();
            var target = new SwitchedTarget(parley.Address);
            var load = new Load(tenant, target, Posters, 20_000);
            load.Start();
            for (var stop = 0; stop < 2; stop++)
            {
                await load.WaitFor(300);
                target.Down();
                Assert.Equal(0, await parley.Stop());
                await parley.DisposeAsync();
                parley = await ParleyProcess.Start(directory.Path);
                target.Up(parley.Address);
            }

            await load.WaitFor(100);
            await load.End();
            using var client = parley.With(tenant.ApiKey);

            // A stop drains what was answered early: edits are there too.
            var ids = await LoadCheck.Check(client, load.Done, editsWaited: false);
            Assert.Equal(0, await parley.Stop());
            LoadCheck.CheckEvents(await EventLogFile.Read(directory.Path, tenant.Id), ids);
        }
        finally
        {
            await parley.DisposeAsync();
        }
    }

    /// <summary>The one exception to durable before acknowledged.</summary>
    private static bool EditsWaited(ParleyProcess parley) => parley.Output.Contains("waits in memory", StringComparison.Ordinal);

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
