namespace Parley.Ports;

/// <summary>Tenants with their API keys and webhook tokens. Secrets are kept as SHA-256 only.</summary>
public interface ITenantStore
{
    /// <returns>False when the id is or was taken: a deleted tenant's id is not given again.</returns>
    Task<bool> Create(Tenant tenant, Credential apiKey, Credential webhookToken, CancellationToken cancellationToken);

    Task<Page<Tenant>> ListTenants(PageRequest page, CancellationToken cancellationToken);

    Task<TenantDetails?> ReadTenant(string tenantId, CancellationToken cancellationToken);

    /// <summary>Marks a tenant deleted: its credentials end at once, its data is no longer served.</summary>
    /// <returns>False when there is none.</returns>
    Task<bool> DeleteTenant(string tenantId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Adds a key or token of the tenant; or puts a session's token in the place of the one that has its id.</summary>
    /// <returns>False when there is no such tenant, it has <paramref name="atMost"/> of this kind already, or the id of a session's token is
    /// that of one of the tenant's own.</returns>
    Task<bool> AddCredential(Credential credential, int atMost, CancellationToken cancellationToken);

    /// <returns>False when there is none.</returns>
    Task<bool> DeleteCredential(string tenantId, CredentialKind kind, string credentialId, CancellationToken cancellationToken);

    /// <returns>Null when no living tenant has it.</returns>
    Task<Credential?> FindCredential(CredentialKind kind, byte[] sha256, CancellationToken cancellationToken);
}

/// <summary>A customer whose data nobody else sees.</summary>
public sealed record Tenant(string TenantId, string Name, DateTimeOffset CreatedAt, DateTimeOffset? DeletedAt = null);

/// <summary>A tenant with its keys and tokens, secrets apart.</summary>
public sealed record TenantDetails(Tenant Tenant, IReadOnlyList<Credential> Credentials);

/// <summary>What a credential opens.</summary>
public enum CredentialKind
{
    ApiKey,
    WebhookToken,
}

/// <param name="Hint">The last four characters, to tell keys apart.</param>
public sealed record Credential(
    string CredentialId, string TenantId, CredentialKind Kind, byte[] Sha256, string Hint, DateTimeOffset CreatedAt)
{
    /// <summary>Of a webhook token: the one session whose instance may use it; null = any of the tenant. Such tokens are apart: no list
    /// shows them and no bound counts them.</summary>
    public string? SessionId { get; init; }

    /// <summary>Of a session's webhook token: SHA-256 of the header value that must come along; null = none.</summary>
    public byte[]? HeaderSha256 { get; init; }

    /// <summary>Of an API key: what it may do.</summary>
    public KeyScopes Scopes { get; init; } = KeyScopes.All;
}

/// <summary>What an API key may do.</summary>
[Flags]
public enum KeyScopes
{
    None = 0,

    /// <summary>See everything of the tenant.</summary>
    Read = 1,

    /// <summary>Send, change and mark messages.</summary>
    Send = 2,

    /// <summary>Run sessions, delete, replay.</summary>
    Manage = 4,

    All = Read | Send | Manage,
}
