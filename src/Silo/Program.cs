using Microsoft.AspNetCore.Connections;
using Parley.Api;
using Parley.Ports;
using Parley.Silo;
using Parley.Silo.Demo;
using Parley.Storage.Sqlite;

try
{
    await using var demo = await DemoRun.Prepare(args);
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = demo?.Arguments ?? args,
        // The settings that ship with the program lie beside it, wherever it is started.
        ContentRootPath = AppContext.BaseDirectory,
    });
    using var fileSize = FileSizeSignal.Ignore();
    var settings = SiloSettings.Read(builder.Configuration);

    // Before anything else: whoever has the directory has the data, and whoever has the ports is the silo that others mean.
    using IDisposable? own = settings.Cluster switch
    {
        null => DataDirectoryLock.Take(settings.DataDirectory),
        var cluster => settings.Role == NodeRole.Api ? null : SiloPorts.Take(cluster),
    };
    settings.EnsureAdminKey();
    await using var app = Composition.Build(builder, settings);
    demo?.Join(app, settings);
    var (started, stopping) = (app.Lifetime.ApplicationStarted, app.Lifetime.ApplicationStopping);
    try
    {
        await app.RunAsync();
    }
    catch (OperationCanceledException) when (stopping.IsCancellationRequested && !started.IsCancellationRequested)
    {
        await Console.Error.WriteLineAsync("Parley was stopped before it was ready.");
    }
    catch (Exception e) when (stopping.IsCancellationRequested && RanOutOfTime(e))
    {
        await Console.Error.WriteLineAsync("Parley stopped, but not all of it ended within its time.");
    }

    return demo is { Failed: true } ? 1 : 0;
}
catch (StorageStartException e)
{
    await Console.Error.WriteLineAsync($"Parley cannot start: {e.Message}");
    return 1;
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"Parley cannot start: {e.Message} Name another address with --urls.");
    return 3;
}
catch (Exception e) when (e is PortTakenException or ApiPortTakenException)
{
    await Console.Error.WriteLineAsync($"Parley cannot start: {e.Message}");
    return 3;
}
catch (DemoException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (Exception e) when (UnusableSettings.Fault(e) is { } fault)
{
    await Console.Error.WriteLineAsync($"Parley cannot start: {fault}");
    return 2;
}

// The host gathers what its services throw when it no longer waits for them.
static bool RanOutOfTime(Exception exception) => exception is OperationCanceledException
    || (exception is AggregateException { InnerExceptions: var all } && all.All(static e => e is OperationCanceledException));
