using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Parley.Ports;

namespace Parley.Api.Auth;

/// <summary>Whose a key or a token is.</summary>
internal sealed class Credentials(ITenantStore tenants, IOptions<ApiOptions> options, TimeProvider time)
{
    private readonly byte[] _adminKey = ApiSecret.Hash(options.Value.AdminKey);
    private readonly ShortCache<Credential> _credentials = new(time);
    private readonly ShortCache<Tenant> _tenants = new(time);

    public bool IsAdminKey(string key) =>
        options.Value.AdminKey.Length > 0 && CryptographicOperations.FixedTimeEquals(_adminKey, ApiSecret.Hash(key));

    public ValueTask<Credential?> FindKey(string key, CancellationToken cancellationToken) =>
        Find(CredentialKind.ApiKey, ApiSecret.KeyPrefix, key, cancellationToken);

    public ValueTask<Credential?> FindToken(string token, CancellationToken cancellationToken) =>
        Find(CredentialKind.WebhookToken, ApiSecret.TokenPrefix, token, cancellationToken);

    public async ValueTask<bool> TenantLives(string tenantId, CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenantId))
        {
            return false;
        }

        var tenant = await _tenants.Get(
            tenantId,
            async ct => (await tenants.ReadTenant(tenantId, ct))?.Tenant is { DeletedAt: null } found ? found : null,
            cancellationToken);
        return tenant is not null;
    }

    /// <summary>Ends what this node remembers of a tenant's credentials.</summary>
    public void Forget(string tenantId)
    {
        _credentials.Forget(c => c.TenantId == tenantId);
        _tenants.Forget(t => t.TenantId == tenantId);
    }

    private async ValueTask<Credential?> Find(CredentialKind kind, string prefix, string secret, CancellationToken cancellationToken)
    {
        if (!ApiSecret.IsWellFormed(secret, prefix))
        {
            return null;
        }

        var hash = ApiSecret.Hash(secret);
        var found = await _credentials.Get(
            $"{kind}:{Convert.ToHexString(hash)}", ct => tenants.FindCredential(kind, hash, ct), cancellationToken);
        return found is not null && CryptographicOperations.FixedTimeEquals(found.Sha256, hash) ? found : null;
    }
}
