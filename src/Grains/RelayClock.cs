using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Wakes the relays: at once where this silo's commits left events, and by the clock for those of a silo that died.</summary>
/// <param name="relay">Null where the store numbers events in the commit: then there is nothing to do.</param>
public sealed partial class RelayClock(
    IGrainFactory grains, TimeProvider time, ILogger<RelayClock> logger, IEventRelay? relay = null) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<int> _running = [];
    private readonly HashSet<int> _again = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Run(stoppingToken);

    /// <summary>Wakes relays until it is told to stop. Apart from the host, which begins it on a thread of its own, so that the simulator
    /// can begin it, too.</summary>
    internal Task Run(CancellationToken stoppingToken) =>
        relay is null ? Task.CompletedTask : Task.WhenAll(Listen(relay, stoppingToken), Look(relay, stoppingToken));

    private async Task Listen(IEventRelay source, CancellationToken stoppingToken)
    {
        await foreach (var shard in source.Arrivals(stoppingToken))
        {
            _ = Wake(shard);
        }
    }

    private async Task Look(IEventRelay source, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        do
        {
            try
            {
                foreach (var shard in await source.WaitingShards(stoppingToken))
                {
                    _ = Wake(shard);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogLater(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One call a shard at a time: what arrives during it is told by one more.</summary>
    private async Task Wake(int shard)
    {
        lock (_lock)
        {
            if (!_running.Add(shard))
            {
                _again.Add(shard);
                return;
            }
        }

        do
        {
            try
            {
                await grains.GetGrain<IRelayGrain>(shard).Run();
            }
            catch (Exception e)
            {
                // The clock comes again.
                LogLater(logger, e.Message);
            }
        }
        while (IsWantedAgain(shard));
    }

    private bool IsWantedAgain(int shard)
    {
        lock (_lock)
        {
            if (_again.Remove(shard))
            {
                return true;
            }

            _running.Remove(shard);
            return false;
        }
    }

    [LoggerMessage(2111, LogLevel.Warning, "The relay could not be woken and will be soon: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
