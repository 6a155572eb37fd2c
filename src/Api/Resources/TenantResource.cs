using System.ComponentModel.DataAnnotations;
using Parley.Api.Auth;

namespace Parley.Api.Resources;

/// <param name="TenantId">Never given again, also after the tenant is deleted.</param>
/// <param name="Name">For people; the id when left out.</param>
internal sealed record CreateTenantRequest(
    [property: RegularExpression(TenantId.Pattern)] string TenantId,
    [property: MinLength(1), MaxLength(200)] string? Name = null);

/// <summary>A new tenant with its first credentials: they are shown this once.</summary>
internal sealed record CreatedTenantResource(string TenantId, string ApiKey, string WebhookToken, string WebhookUrl);

internal sealed record TenantResource(string TenantId, string Name, DateTimeOffset CreatedAt);

internal sealed record TenantDetailsResource(
    string TenantId,
    string Name,
    DateTimeOffset CreatedAt,
    IReadOnlyList<KeyResource> Keys,
    IReadOnlyList<TokenResource> WebhookTokens);

/// <param name="Hint">The key's last four characters.</param>
internal sealed record KeyResource(string KeyId, string Hint, IReadOnlyList<KeyScope> Scopes, DateTimeOffset CreatedAt);

/// <summary>What a key may do: see everything of the tenant; send, change and mark messages; run sessions, delete, replay.</summary>
internal enum KeyScope
{
    Read,
    Send,
    Manage,
}

/// <param name="Scopes">All when left out.</param>
internal sealed record CreateKeyRequest([property: MinLength(1)] IReadOnlyList<KeyScope>? Scopes = null);

/// <param name="Hint">The token's last four characters.</param>
internal sealed record TokenResource(string TokenId, string Hint, DateTimeOffset CreatedAt);

/// <summary>A new key: it is shown this once.</summary>
internal sealed record CreatedKeyResource(string KeyId, string ApiKey, IReadOnlyList<KeyScope> Scopes, DateTimeOffset CreatedAt);

/// <summary>A new webhook token: it is shown this once.</summary>
internal sealed record CreatedTokenResource(string TokenId, string WebhookToken, string WebhookUrl, DateTimeOffset CreatedAt);
