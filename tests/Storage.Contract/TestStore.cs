using Microsoft.Extensions.DependencyInjection;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Storage.Contract;

/// <summary>A store by its ports.</summary>
/// <param name="services">Where the ports are registered.</param>
/// <param name="close">Ends the store and takes its data away.</param>
public sealed class TestStore(IServiceProvider services, Func<ValueTask> close) : IAsyncDisposable
{
    /// <summary>What the store is made of.</summary>
    public IServiceProvider Services => services;

    public IConversationStore Conversations => services.GetRequiredService<IConversationStore>();

    public IAddressBook Addresses => services.GetRequiredService<IAddressBook>();

    public IParkingLot Parking => services.GetRequiredService<IParkingLot>();

    public IWorkList Work => services.GetRequiredService<IWorkList>();

    public ISessionStore Sessions => services.GetRequiredService<ISessionStore>();

    public IQueries Queries => services.GetRequiredService<IQueries>();

    public IDirectory Directory => services.GetRequiredService<IDirectory>();

    public ITenantStore Tenants => services.GetRequiredService<ITenantStore>();

    public IQuarantine Quarantine => services.GetRequiredService<IQuarantine>();

    public ISendQueue Sends => services.GetRequiredService<ISendQueue>();

    public IIdempotencyStore Keys => services.GetRequiredService<IIdempotencyStore>();

    public IUploadStore Uploads => services.GetRequiredService<IUploadStore>();

    public IGatewayStore Gateways => services.GetRequiredService<IGatewayStore>();

    public IWebhookEndpointStore Endpoints => services.GetRequiredService<IWebhookEndpointStore>();

    public IPlaceStore Places => services.GetRequiredService<IPlaceStore>();

    public IEventLog Events => services.GetService<IEventRelay>() is { } relay
        ? new RelayedEvents(relay, services.GetRequiredService<IEventLog>())
        : services.GetRequiredService<IEventLog>();

    public IMediaStore Media => services.GetRequiredService<IMediaStore>();

    /// <summary>Numbers the events that were left, where the store does not do so in the commit.</summary>
    public Task NumberEvents(CancellationToken cancellationToken) =>
        services.GetService<IEventRelay>() is { } relay ? RelayedEvents.Number(relay, cancellationToken) : Task.CompletedTask;

    public ValueTask DisposeAsync() => close();
}
