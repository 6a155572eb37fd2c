using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Keeps the deliverers of all live endpoints awake: after a start, and in the place of those whose silo died.</summary>
/// <remarks>A deliverer that is awake follows the log by itself, and whoever changes an endpoint wakes its deliverer at once.</remarks>
public sealed partial class WebhookClock(
    IGrainFactory grains, IWebhookEndpointStore endpoints, TimeProvider time, ILogger<WebhookClock> logger) : BackgroundService
{
    private const int PageSize = 100;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _waking = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        do
        {
            try
            {
                await WakeAll(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogLater(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task WakeAll(CancellationToken stoppingToken)
    {
        (string OwnerId, string EndpointId)? after = null;
        while (true)
        {
            var page = await endpoints.ListLiveEndpoints(after, PageSize, stoppingToken);
            foreach (var endpoint in page)
            {
                _ = Wake(endpoint);
            }

            if (page.Count < PageSize)
            {
                return;
            }

            after = (page[^1].OwnerId, page[^1].EndpointId);
        }
    }

    /// <summary>One call an endpoint at a time.</summary>
    private async Task Wake(LiveEndpoint endpoint)
    {
        var key = GrainKey.Of(endpoint.OwnerId, endpoint.EndpointId);
        lock (_lock)
        {
            if (!_waking.Add(key))
            {
                return;
            }
        }

        try
        {
            await grains.GetGrain<IWebhookDelivererGrain>(key).Run(endpoint.Version);
        }
        catch (Exception e)
        {
            // The clock comes again.
            LogLater(logger, e.Message);
        }
        finally
        {
            lock (_lock)
            {
                _waking.Remove(key);
            }
        }
    }

    [LoggerMessage(2611, LogLevel.Warning, "A deliverer could not be woken and will be soon: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
