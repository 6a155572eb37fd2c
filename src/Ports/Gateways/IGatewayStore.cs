namespace Parley.Ports.Gateways;

/// <summary>The installation's gateways.</summary>
public interface IGatewayStore
{
    /// <returns>False when the id is taken, or the token is another's.</returns>
    Task<bool> CreateGateway(Gateway gateway, CancellationToken cancellationToken);

    /// <summary>In the order of their ids.</summary>
    Task<Page<Gateway>> ListGateways(PageRequest page, CancellationToken cancellationToken);

    Task<Gateway?> ReadGateway(string gatewayId, CancellationToken cancellationToken);

    /// <summary>Replaces the gateway whose version is one less.</summary>
    /// <returns>False when it is not there with that version, or the token is another's.</returns>
    Task<bool> UpdateGateway(Gateway gateway, CancellationToken cancellationToken);

    /// <returns>False when there is none.</returns>
    Task<bool> DeleteGateway(string gatewayId, CancellationToken cancellationToken);

    /// <returns>The gateway whose webhook token has this SHA-256; null when there is none.</returns>
    Task<Gateway?> FindGatewayByToken(byte[] sha256, CancellationToken cancellationToken);
}

/// <summary>A gateway of the installation.</summary>
/// <param name="Kind">Which <see cref="IGateway"/> speaks to it.</param>
/// <param name="Url">Its base address.</param>
/// <param name="ProtectedKey">Its API key, encrypted.</param>
/// <param name="TokenSha256">Of the token of its global webhook.</param>
/// <param name="TokenHint">The token's last four characters.</param>
/// <param name="Version">1, 2, 3, … with every change.</param>
public sealed record Gateway(
    string GatewayId,
    string Kind,
    string Url,
    string ProtectedKey,
    byte[] TokenSha256,
    string TokenHint,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    long Version = 1);
