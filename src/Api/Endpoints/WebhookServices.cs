using Microsoft.AspNetCore.Mvc;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>What the endpoints of webhooks out need.</summary>
internal sealed record WebhookServices(
    [FromServices] WebhooksOut Changes,
    [FromServices] IWebhookEndpointStore Store,
    [FromServices] IEventLog Log,
    [FromServices] WebhookVault Vault,
    [FromServices] WebhookConnections Connections,
    [FromServices] WebhookOptions Options,
    [FromServices] TimeProvider Time);
