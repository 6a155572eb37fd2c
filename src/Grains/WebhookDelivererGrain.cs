using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Parley.Domain.Webhooks;
using Parley.Grains.Abstractions;
using Parley.Ingest;

namespace Parley.Grains;

/// <summary>Posts events to one endpoint, from the store's state of it, for as long as it is live.</summary>
[Reentrant]
public sealed partial class WebhookDelivererGrain(IGrainContext context, DeliveryServices services) : IGrainBase, IWebhookDelivererGrain, IDisposable
{
    private readonly (string OwnerId, string EndpointId) _key = GrainKey.Parse(context.GrainId.Key.ToString()!);
    private Task _running = Task.CompletedTask;
    private EndpointRun? _run;

    /// <summary>The newest version that anybody told of.</summary>
    private long _told;
    private bool _stopping;

    public IGrainContext GrainContext => context;

    public Task Run(long version)
    {
        _told = Math.Max(_told, version);
        if (_running.IsCompleted && !_stopping)
        {
            _running = RunAll();
        }
        else
        {
            _run?.Look(version);
        }

        return Task.CompletedTask;
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        _stopping = true;
        _run?.Stop();
        await _running.WaitAsync(token);
    }

    public void Dispose() => _run?.Dispose();

    private async Task RunAll()
    {
        // The caller does not wait for the first post, nor for the store.
        await Task.Yield();
        try
        {
            while (!_stopping && await Live() is { } endpoint)
            {
                using (_run = new EndpointRun(services, endpoint))
                {
                    if (!await _run.Run())
                    {
                        return;
                    }
                }

                // A change by its owner counts at once. Of two activations one ends here: whichever is the right one is called again.
                LogOvertaken(services.Logger, _key.EndpointId);
                if (_told <= endpoint.Version)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (Retryable.Is(e))
        {
            // The clock comes again.
            LogLater(services.Logger, _key.EndpointId, e.Message);
        }
        catch (Exception e)
        {
            LogFailed(services.Logger, e, _key.EndpointId);
        }
        finally
        {
            _run = null;
        }
    }

    /// <returns>Null when it is to get nothing (any more).</returns>
    private async Task<WebhookEndpoint?> Live() =>
        await services.Endpoints.ReadEndpoint(_key.OwnerId, _key.EndpointId, CancellationToken.None) is { } endpoint
        && endpoint.Status != EndpointStatus.Disabled
        && (_key.OwnerId == WebhookEndpoint.AllTenants
            || await services.Tenants.ReadTenant(_key.OwnerId, CancellationToken.None) is { Tenant.DeletedAt: null })
            ? endpoint
            : null;

    [LoggerMessage(2601, LogLevel.Information, "Delivery to {EndpointId} pauses: {Reason}")]
    private static partial void LogLater(ILogger logger, string endpointId, string reason);

    [LoggerMessage(2602, LogLevel.Error, "Delivery to {EndpointId} failed for a reason of our own.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string endpointId);

    [LoggerMessage(2607, LogLevel.Information, "Delivery to {EndpointId} was moved on by somebody else.")]
    private static partial void LogOvertaken(ILogger logger, string endpointId);
}
