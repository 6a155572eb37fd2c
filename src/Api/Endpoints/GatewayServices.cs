using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Parley.Api.Auth;
using Parley.Api.Problems;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Api.Endpoints;

/// <summary>What the endpoints of gateways need.</summary>
internal sealed record GatewayServices(
    [FromServices] IGatewayStore Store,
    [FromServices] Gateways Gateways,
    [FromServices] ISessionStore Sessions,
    [FromServices] Credentials Credentials,
    [FromServices] IOptions<ApiOptions> Options,
    [FromServices] TimeProvider Time)
{
    /// <exception cref="ProblemException">There is no such gateway.</exception>
    public async Task<Gateway> Read(string gatewayId, CancellationToken cancellationToken) =>
        TenantId.IsValid(gatewayId) && await Store.ReadGateway(gatewayId, cancellationToken) is { } found
            ? found
            : throw new ProblemException(Problem.Of(ProblemCode.GatewayNotFound));

    /// <exception cref="ProblemException">There is no such gateway.</exception>
    public async Task<OpenGateway> Open(string gatewayId, CancellationToken cancellationToken) =>
        TenantId.IsValid(gatewayId) && await Gateways.Open(gatewayId, cancellationToken) is { } open
            ? open
            : throw new ProblemException(Problem.Of(ProblemCode.GatewayNotFound));
}
