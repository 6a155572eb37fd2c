using Parley.Domain.Events;
using Parley.Domain.Webhooks;
using Parley.Ports;

namespace Parley.Grains.Tests;

/// <summary>The real store of endpoints, as one deliverer sees it: a test may put trouble in the way of its commits.</summary>
internal sealed class TroubledEndpoints(IWebhookEndpointStore store) : IWebhookEndpointStore
{
    /// <summary>What a commit goes through: its number (from 1), and the real one to make.</summary>
    public Func<int, Func<Task<bool>>, Task<bool>> OnCommit { get; set; } = static (_, real) => real();

    public int Commits { get; private set; }

    /// <summary>Called before a delivery is read.</summary>
    public Action<Guid> OnReadDelivery { get; set; } = static _ => { };

    public Task<bool> UpdateEndpoint(
        WebhookEndpoint endpoint, IReadOnlyCollection<Delivery> deliveries, EventFacts? told, CancellationToken cancellationToken) =>
        OnCommit(++Commits, () => store.UpdateEndpoint(endpoint, deliveries, told, cancellationToken));

    public Task<bool> CreateEndpoint(WebhookEndpoint endpoint, int bound, CancellationToken cancellationToken) =>
        store.CreateEndpoint(endpoint, bound, cancellationToken);

    public Task<WebhookEndpoint?> ReadEndpoint(string ownerId, string endpointId, CancellationToken cancellationToken) =>
        store.ReadEndpoint(ownerId, endpointId, cancellationToken);

    public Task<Page<WebhookEndpoint>> ListEndpoints(string ownerId, PageRequest page, CancellationToken cancellationToken) =>
        store.ListEndpoints(ownerId, page, cancellationToken);

    public Task<IReadOnlyList<LiveEndpoint>> ListLiveEndpoints(
        (string OwnerId, string EndpointId)? after, int limit, CancellationToken cancellationToken) =>
        store.ListLiveEndpoints(after, limit, cancellationToken);

    public Task<bool> DeleteEndpoint(string ownerId, string endpointId, CancellationToken cancellationToken) =>
        store.DeleteEndpoint(ownerId, endpointId, cancellationToken);

    public Task<Page<Delivery>> ListDeliveries(
        string ownerId, string endpointId, DeliveryStatus? status, PageRequest page, CancellationToken cancellationToken) =>
        store.ListDeliveries(ownerId, endpointId, status, page, cancellationToken);

    public Task<Delivery?> ReadDelivery(string ownerId, string endpointId, Guid deliveryId, CancellationToken cancellationToken)
    {
        OnReadDelivery(deliveryId);
        return store.ReadDelivery(ownerId, endpointId, deliveryId, cancellationToken);
    }

    public Task<int> ExpireDeliveries(DateTimeOffset before, CancellationToken cancellationToken) =>
        store.ExpireDeliveries(before, cancellationToken);
}
