using Microsoft.AspNetCore.DataProtection;
using Parley.Ports.Gateways;

namespace Parley.Ingest;

/// <summary>The installation's gateways, ready to be called. What is secret of them is encrypted in the store.</summary>
public sealed class Gateways(IGatewayStore store, IEnumerable<IGateway> kinds, IDataProtectionProvider protection)
{
    private readonly IDataProtector _keys = protection.CreateProtector("parley.gateway.key");

    /// <returns>A gateway with the means to call it; null when there is none of that id, or nothing here speaks to its kind.</returns>
    public async Task<OpenGateway?> Open(string gatewayId, CancellationToken cancellationToken) =>
        await store.ReadGateway(gatewayId, cancellationToken) is { } gateway && Kind(gateway.Kind) is { } kind
            ? new OpenGateway(kind, new GatewayAccess(gatewayId, new Uri(gateway.Url), _keys.Unprotect(gateway.ProtectedKey)))
            : null;

    /// <returns>Null when nothing here speaks to that kind.</returns>
    public IGateway? Kind(string kind) => kinds.FirstOrDefault(k => k.Kind == kind);

    /// <returns>An API key as the store keeps it.</returns>
    public string Protect(string apiKey) => _keys.Protect(apiKey);
}

/// <summary>A gateway and the means to call it.</summary>
public sealed record OpenGateway(IGateway Gateway, GatewayAccess Access);
