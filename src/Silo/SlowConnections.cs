using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Parley.Silo;

/// <summary>When the process stops, ends connections on which a request takes longer than any that Parley itself holds up.</summary>
/// <remarks>The web server waits for its requests first, and by all the time that the stop has: one slow download would leave none for sends
/// that are under way, for what was answered and waits in memory, and for leaving the cluster.</remarks>
internal sealed class SlowConnections : IHostedLifecycleService
{
    /// <summary>Requests wait for the store up to 20 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(22);

    private readonly ConcurrentDictionary<ConnectionContext, bool> _open = new();

    public void Watch(KestrelServerOptions options) => options.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => async connection =>
    {
        _open.TryAdd(connection, true);
        try
        {
            await next(connection);
        }
        finally
        {
            _open.TryRemove(connection, out _);
        }
    }));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _ = AbortLater();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task AbortLater()
    {
        await Task.Delay(Patience);
        foreach (var connection in _open.Keys)
        {
            connection.Abort(new ConnectionAbortedException("The process stops."));
        }
    }
}
