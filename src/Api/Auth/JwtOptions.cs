namespace Parley.Api.Auth;

/// <summary>JSON Web Tokens of an identity provider (<c>Parley:Jwt</c>). Off while nothing tells the keys.</summary>
public sealed class JwtOptions
{
    public string? Issuer { get; set; }

    public string? Audience { get; set; }

    /// <summary>The provider's address; its keys are read from its discovery document.</summary>
    public string? Authority { get; set; }

    /// <summary>The discovery document itself, where it is not below <see cref="Authority"/>.</summary>
    public string? MetadataAddress { get; set; }

    /// <summary>Public keys in PEM.</summary>
    public IList<string> PublicKeys { get; } = [];

    /// <summary>Shared secrets of HS256, base64, 32 bytes or more.</summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>The claim that names the tenant.</summary>
    public string TenantClaim { get; set; } = "tenant_id";

    /// <summary>Whether tokens are taken at all.</summary>
    public bool IsOn => Authority is not null || MetadataAddress is not null || PublicKeys.Count > 0 || Secrets.Count > 0;
}
