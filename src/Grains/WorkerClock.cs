using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Wakes the workers: whoever leaves a to-do does so too, but may die before.</summary>
public sealed partial class WorkerClock(
    IGrainFactory grains, IWorkList work, SweepOptions options, TimeProvider time, ILogger<WorkerClock> logger) : BackgroundService
{
    private const int TenantsAtOnce = 256;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>A sweep that failed has left what a crash left.</summary>
    private static readonly TimeSpan SweepsAgain = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _slots = new(TenantsAtOnce);
    private readonly ConcurrentDictionary<string, bool> _waking = new(StringComparer.Ordinal);
    private Task<TimeSpan> _sweeping = Task.FromResult(TimeSpan.Zero);
    private long _swept;

    public override void Dispose()
    {
        base.Dispose();
        _slots.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        do
        {
            try
            {
                foreach (var tenantId in await work.TenantsWithWork(time.GetUtcNow(), stoppingToken))
                {
                    if (_waking.TryAdd(tenantId, true))
                    {
                        await _slots.WaitAsync(stoppingToken);
                        _ = Wake(tenantId);
                    }
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogLater(logger, e.Message);
            }

            if (_sweeping.IsCompleted && time.GetElapsedTime(_swept) >= await _sweeping)
            {
                _swept = time.GetTimestamp();
                _sweeping = Sweep();
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One call a tenant at a time: its trouble keeps no other waiting, nor does what takes it long.</summary>
    private async Task Wake(string tenantId)
    {
        TenantContext.Set(tenantId);
        try
        {
            await grains.GetGrain<ITenantWorkerGrain>(tenantId).Run();
        }
        catch (Exception e)
        {
            LogLater(logger, e.Message);
        }
        finally
        {
            _waking.TryRemove(tenantId, out _);
            _slots.Release();
        }
    }

    /// <returns>How long after its begin the next one may begin.</returns>
    private async Task<TimeSpan> Sweep()
    {
        try
        {
            await grains.GetGrain<ISweepGrain>("sweep").Run();
            return options.Every;
        }
        catch (TimeoutException)
        {
            // It takes long, and goes on.
            return options.Every;
        }
        catch (Exception e)
        {
            LogLater(logger, e.Message);
            return options.Every < SweepsAgain ? options.Every : SweepsAgain;
        }
    }

    [LoggerMessage(2101, LogLevel.Warning, "The workers could not be woken and will be soon: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
