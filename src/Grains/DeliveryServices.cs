using Microsoft.Extensions.Logging;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>What deliverers of events need.</summary>
public sealed record DeliveryServices(
    IWebhookEndpointStore Endpoints,
    ITenantStore Tenants,
    IEventLog Log,
    IEventRenderer Renderer,
    EventTail Tail,
    WebhookVault Vault,
    WebhookConnections Connections,
    WebhookOptions Options,
    TimeProvider Time,
    ILogger<WebhookDelivererGrain> Logger);
