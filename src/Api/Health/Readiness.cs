using Microsoft.Extensions.Options;

namespace Parley.Api.Health;

/// <summary>Whether this node takes requests. Fails first of all when the process is told to stop.</summary>
internal sealed class Readiness(IEnumerable<IReadinessProbe> probes, IOptions<ApiOptions> options, TimeProvider time)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _leaving = new();
    private volatile bool _started;
    private volatile bool _stopping;

    /// <summary>Ends when readiness has failed for long enough, just before requests are no longer taken: what would hold them up ends then.</summary>
    public CancellationToken Leaving => _leaving.Token;

    public async Task<(bool Ready, IReadOnlyDictionary<string, bool> Checks)> Check(CancellationToken cancellationToken)
    {
        var checks = new Dictionary<string, bool>(StringComparer.Ordinal) { ["running"] = _started && !_stopping };
        var all = probes.ToList();
        var results = await Task.WhenAll(all.Select(probe => Ask(probe, cancellationToken)));
        for (var i = 0; i < all.Count; i++)
        {
            checks[all[i].Name] = results[i];
        }

        return (checks.Values.All(ok => ok), checks);
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _started = true;
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        try
        {
            if (options.Value.ShutdownDelay > TimeSpan.Zero)
            {
                await Task.Delay(options.Value.ShutdownDelay, time, cancellationToken);
            }
        }
        finally
        {
            await _leaving.CancelAsync();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _leaving.Dispose();

    private async Task<bool> Ask(IReadinessProbe probe, CancellationToken cancellationToken)
    {
        try
        {
            return await probe.IsReady(cancellationToken).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
