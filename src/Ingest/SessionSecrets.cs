using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Parley.Ports.Gateways;

namespace Parley.Ingest;

/// <summary>What nobody may see of a session.</summary>
/// <param name="Token">Of its own webhook.</param>
/// <param name="Header">The value of <see cref="WebhookAddress.SecretHeader"/>; null where its gateway sends no headers (v1).</param>
/// <param name="InstanceToken">The own token of an instance that was made here; null of an adopted one.</param>
/// <param name="Former">The webhook of an adopted instance as it was found; null = it had none.</param>
public sealed record SessionSecrets(string Token, string? Header, string? InstanceToken, InstanceWebhook? Former)
{
    /// <summary>What its instance is told to post, and where.</summary>
    public InstanceWebhook Webhook(WebhookAddress address) => new(
        address.Of(Token),
        InstanceWebhook.NeededEvents,
        Header is null
            ? ImmutableSortedDictionary<string, string>.Empty
            : ImmutableSortedDictionary<string, string>.Empty.Add(WebhookAddress.SecretHeader, Header),
        Base64: true);

    public override string ToString() => nameof(SessionSecrets);
}

/// <summary>Encrypts the secrets of sessions for the store.</summary>
public sealed class SessionVault(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("parley.session.secrets");

    public string Protect(SessionSecrets secrets) => _protector.Protect(JsonSerializer.Serialize(secrets));

    public SessionSecrets Open(string text) =>
        JsonSerializer.Deserialize<SessionSecrets>(_protector.Unprotect(text)) ?? throw new JsonException("A session's secrets are empty.");
}
