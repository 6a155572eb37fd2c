using Parley.Domain.Events;
using Parley.Domain.Webhooks;
using Parley.Ports;

namespace Parley.Simulator.Hosting;

/// <summary>Nobody is told of a history's events: there are no endpoints, and the sweep finds nothing of them.</summary>
internal sealed class NoEndpoints : IWebhookEndpointStore
{
    public Task<bool> CreateEndpoint(WebhookEndpoint endpoint, int bound, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<WebhookEndpoint?> ReadEndpoint(string ownerId, string endpointId, CancellationToken cancellationToken) =>
        Task.FromResult<WebhookEndpoint?>(null);

    public Task<Page<WebhookEndpoint>> ListEndpoints(string ownerId, PageRequest page, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<LiveEndpoint>> ListLiveEndpoints(
        (string OwnerId, string EndpointId)? after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LiveEndpoint>>([]);

    public Task<bool> UpdateEndpoint(
        WebhookEndpoint endpoint, IReadOnlyCollection<Delivery> deliveries, EventFacts? told, CancellationToken cancellationToken) =>
        Task.FromResult(false);

    public Task<bool> DeleteEndpoint(string ownerId, string endpointId, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<Page<Delivery>> ListDeliveries(
        string ownerId, string endpointId, DeliveryStatus? status, PageRequest page, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Delivery?> ReadDelivery(string ownerId, string endpointId, Guid deliveryId, CancellationToken cancellationToken) =>
        Task.FromResult<Delivery?>(null);

    public Task<int> ExpireDeliveries(DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(0);
}
