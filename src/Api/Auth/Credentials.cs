using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Api.Auth;

/// <summary>Whose a key or a token is.</summary>
/// <param name="buffer">Where webhooks are kept while the store is down, however long that is: so long their tokens stay known; null = nowhere.</param>
internal sealed class Credentials(
    ITenantStore tenants, IGatewayStore gateways, IOptions<ApiOptions> options, TimeProvider time, IWebhookBuffer? buffer = null)
{
    private readonly byte[] _adminKey = ApiSecret.Hash(options.Value.AdminKey);
    private readonly ShortCache<Credential> _credentials = new(time);
    private readonly ShortCache<WebhookKey> _hooks = new(time, buffer is null ? null : TimeSpan.MaxValue);
    private readonly ShortCache<Tenant> _tenants = new(time);

    public bool IsAdminKey(string key) =>
        options.Value.AdminKey.Length > 0 && CryptographicOperations.FixedTimeEquals(_adminKey, ApiSecret.Hash(key));

    public async ValueTask<Credential?> FindKey(string key, CancellationToken cancellationToken)
    {
        if (!ApiSecret.IsWellFormed(key, ApiSecret.KeyPrefix))
        {
            return null;
        }

        return await FindKey(ApiSecret.Hash(key), cancellationToken);
    }

    /// <param name="hash">Of the key.</param>
    public async ValueTask<Credential?> FindKey(byte[] hash, CancellationToken cancellationToken)
    {
        var found = await _credentials.Get(
            Convert.ToHexString(hash), ct => tenants.FindCredential(CredentialKind.ApiKey, hash, ct), Timeout.InfiniteTimeSpan, cancellationToken);
        return found is not null && CryptographicOperations.FixedTimeEquals(found.Sha256, hash) ? found : null;
    }

    /// <summary>Whether the credential of a long request still counts: a key may be revoked, a token ends, a tenant may be deleted.</summary>
    /// <param name="tenantId">Null = all tenants.</param>
    /// <returns>True also while the store cannot tell.</returns>
    public async Task<bool> StillMay(HttpContext context, string? tenantId)
    {
        if (EndOf(context) <= time.GetUtcNow())
        {
            return false;
        }

        try
        {
            return (context.User.FindFirstValue(ParleyAuthentication.KeyClaim) is not { } hash
                    || await FindKey(Convert.FromHexString(hash), context.RequestAborted) is not null)
                && (tenantId is null || await TenantLives(tenantId, context.RequestAborted));
        }
        catch (StoreException)
        {
            return true;
        }
    }

    /// <returns>When the credential of a request ends by itself; null = never.</returns>
    public static DateTimeOffset? EndOf(HttpContext context) =>
        context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;

    /// <summary>Whose a webhook's token is: a tenant's, a session's or a gateway's.</summary>
    /// <param name="patience">How long to wait for the store if this node does not know the token.</param>
    public async ValueTask<WebhookKey?> FindToken(string token, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!ApiSecret.IsWellFormed(token, ApiSecret.TokenPrefix))
        {
            return null;
        }

        var hash = ApiSecret.Hash(token);
        return await _hooks.Get(Convert.ToHexString(hash), ct => FindToken(hash, ct), patience, cancellationToken);
    }

    /// <summary>Whether a webhook's token was somebody's when this node last looked.</summary>
    public bool HasSeen(string token) => _hooks.Has(Convert.ToHexString(ApiSecret.Hash(token)));

    public async ValueTask<bool> TenantLives(string tenantId, CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenantId))
        {
            return false;
        }

        var tenant = await _tenants.Get(
            tenantId,
            async ct => (await tenants.ReadTenant(tenantId, ct))?.Tenant is { DeletedAt: null } found ? found : null,
            Timeout.InfiniteTimeSpan,
            cancellationToken);
        return tenant is not null;
    }

    /// <summary>Ends what this node remembers of a tenant's credentials.</summary>
    public void Forget(string tenantId)
    {
        _credentials.Forget(c => c.TenantId == tenantId);
        _hooks.Forget(h => h.Owner.TenantId == tenantId);
        _tenants.Forget(t => t.TenantId == tenantId);
    }

    /// <summary>Ends what this node remembers of a gateway's token.</summary>
    public void ForgetGateway(string gatewayId) => _hooks.Forget(h => h.Owner.GatewayId == gatewayId);

    private async Task<WebhookKey?> FindToken(byte[] hash, CancellationToken cancellationToken)
    {
        if (await tenants.FindCredential(CredentialKind.WebhookToken, hash, cancellationToken) is { } credential)
        {
            return new WebhookKey(new WebhookOwner(credential.TenantId, credential.SessionId), credential.HeaderSha256);
        }

        return await gateways.FindGatewayByToken(hash, cancellationToken) is { } gateway
            ? new WebhookKey(new WebhookOwner(null, GatewayId: gateway.GatewayId), null)
            : null;
    }
}

/// <param name="HeaderSha256">SHA-256 of the secret that must come along in a header; null = none.</param>
internal sealed record WebhookKey(WebhookOwner Owner, byte[]? HeaderSha256)
{
    /// <summary>Whether the secret that came along is the right one.</summary>
    public bool Takes(string? header) =>
        HeaderSha256 is null || (header is not null && CryptographicOperations.FixedTimeEquals(HeaderSha256, ApiSecret.Hash(header)));
}
