using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Wakes the workers: whoever leaves a to-do does so too, but may die before.</summary>
public sealed partial class WorkerClock(
    IGrainFactory grains, IWorkList work, SweepOptions options, TimeProvider time, ILogger<WorkerClock> logger) : BackgroundService
{
    private const int TenantsAtOnce = 16;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        long? swept = null;
        do
        {
            try
            {
                await WakeTenants(stoppingToken);
                if (swept is not { } last || time.GetElapsedTime(last) >= options.Every)
                {
                    swept = time.GetTimestamp();
                    await grains.GetGrain<ISweepGrain>("sweep").Run();
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogLater(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task WakeTenants(CancellationToken stoppingToken)
    {
        var tenants = await work.TenantsWithWork(time.GetUtcNow(), stoppingToken);
        await Parallel.ForEachAsync(
            tenants,
            new ParallelOptions { MaxDegreeOfParallelism = TenantsAtOnce, CancellationToken = stoppingToken },
            async (tenantId, _) =>
            {
                TenantContext.Set(tenantId);
                try
                {
                    await grains.GetGrain<ITenantWorkerGrain>(tenantId).Run();
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // One tenant's trouble keeps no other waiting.
                    LogLater(logger, e.Message);
                }
            });
    }

    [LoggerMessage(2101, LogLevel.Warning, "The workers could not be woken and will be soon: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
