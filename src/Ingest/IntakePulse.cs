using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Grains.Abstractions;
using Parley.Ingest.Buffering;

namespace Parley.Ingest;

/// <summary>Tells the cluster now and then that this node takes webhooks. While no node reaches a grain that reaches the store, or the buffer
/// where there is one, webhooks are refused, and a gateway that asks only once has lost them.</summary>
public sealed partial class IntakePulse(IGrainFactory grains, TimeProvider time, ILogger<IntakePulse> logger, BufferedIntake? buffered = null)
    : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        do
        {
            try
            {
                if (buffered is null || await buffered.Takes(stoppingToken))
                {
                    await grains.GetGrain<IOutageGrain>("outage").Beat();
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogMissed(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(1501, LogLevel.Debug, "The cluster could not be told that webhooks are taken: {Reason}")]
    private static partial void LogMissed(ILogger logger, string reason);
}
