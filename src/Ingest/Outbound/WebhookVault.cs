using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Parley.Ingest.Outbound;

/// <summary>Makes the secrets of endpoints, and encrypts them for the store.</summary>
public sealed class WebhookVault(IDataProtectionProvider protection)
{
    /// <summary>Bytes of a new secret: the scheme wants 24 to 64.</summary>
    private const int Size = 32;

    private readonly IDataProtector _protector = protection.CreateProtector("parley.webhook.secret");

    /// <returns>A new secret in the form of Standard Webhooks: <c>whsec_</c> and base64.</returns>
    public static string New() => WebhookSignature.SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Size));

    public string Protect(string secret) => _protector.Protect(secret);

    /// <exception cref="CryptographicException">It was encrypted with keys that are not there any more.</exception>
    public string Open(string text) => _protector.Unprotect(text);
}
