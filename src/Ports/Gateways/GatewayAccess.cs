namespace Parley.Ports.Gateways;

/// <summary>Where a gateway is and the key that opens all of it.</summary>
/// <param name="GatewayId">By which its circuit breaker is kept apart from those of others.</param>
/// <param name="Url">Its base address.</param>
public sealed record GatewayAccess(string GatewayId, Uri Url, string ApiKey)
{
    /// <summary>Never the key: it would end up in a log.</summary>
    public override string ToString() => $"{GatewayId} at {Url}";
}
