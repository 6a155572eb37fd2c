using Parley.Domain.Events;
using Parley.Domain.Webhooks;

namespace Parley.Ports;

/// <summary>Endpoints to which events are posted, with their places in the log, and the log of their deliveries.</summary>
/// <remarks>An owner is a tenant, or <see cref="WebhookEndpoint.AllTenants"/>: the administrator's endpoints.</remarks>
public interface IWebhookEndpointStore
{
    /// <param name="bound">How many an owner may have.</param>
    /// <returns>False when the owner has as many already, or is a tenant that is not there (any more).</returns>
    Task<bool> CreateEndpoint(WebhookEndpoint endpoint, int bound, CancellationToken cancellationToken);

    Task<WebhookEndpoint?> ReadEndpoint(string ownerId, string endpointId, CancellationToken cancellationToken);

    /// <summary>In the order of their ids (key: the id), which is that of their creation.</summary>
    Task<Page<WebhookEndpoint>> ListEndpoints(string ownerId, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Endpoints of all owners that are not disabled, in the order of owner and id. What else they have is not read: one that cannot be read
    /// hides no other.</summary>
    Task<IReadOnlyList<LiveEndpoint>> ListLiveEndpoints(
        (string OwnerId, string EndpointId)? after, int limit, CancellationToken cancellationToken);

    /// <summary>Replaces the endpoint whose version is one less, in one transaction with what its deliveries came to and what is told.</summary>
    /// <param name="deliveries">New ones, and those that are kept under the same id and are replaced.</param>
    /// <param name="told">An event of the owner's log whose subject is the endpoint; null = none. The administrator's endpoints have no log.</param>
    /// <returns>False, and nothing happened, when it is not there with that version.</returns>
    Task<bool> UpdateEndpoint(
        WebhookEndpoint endpoint, IReadOnlyCollection<Delivery> deliveries, EventFacts? told, CancellationToken cancellationToken);

    /// <summary>Removes an endpoint with its deliveries.</summary>
    /// <returns>False when there is none.</returns>
    Task<bool> DeleteEndpoint(string ownerId, string endpointId, CancellationToken cancellationToken);

    /// <summary>Newest first. Key: the id.</summary>
    Task<Page<Delivery>> ListDeliveries(
        string ownerId, string endpointId, DeliveryStatus? status, PageRequest page, CancellationToken cancellationToken);

    Task<Delivery?> ReadDelivery(string ownerId, string endpointId, Guid deliveryId, CancellationToken cancellationToken);

    /// <returns>How many were dropped because they were created before <paramref name="before"/> and do not wait.</returns>
    Task<int> ExpireDeliveries(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>An endpoint that is to get events.</summary>
public sealed record LiveEndpoint(string OwnerId, string EndpointId, long Version);
