using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Parley.Ports.Gateways;

namespace Parley.Ingest;

/// <summary>What nobody may see of a session.</summary>
/// <param name="Url">Of its own webhook, with the token: as the node that made it knew the way to Parley.</param>
/// <param name="Header">The value of <see cref="SecretHeader"/>; null where its gateway sends no headers (v1).</param>
/// <param name="InstanceToken">The own token of an instance that was made here; null of an adopted one.</param>
/// <param name="Former">The webhook of an adopted instance as it was found; null = it had none.</param>
public sealed record SessionSecrets(string Url, string? Header, string? InstanceToken, InstanceWebhook? Former)
{
    /// <summary>The header that a session's gateway sends along with its own secret.</summary>
    public const string SecretHeader = "X-Parley-Secret";

    /// <summary>What its instance is told to post, and where.</summary>
    public InstanceWebhook Webhook() => new(
        Url,
        InstanceWebhook.NeededEvents,
        Header is null
            ? ImmutableSortedDictionary<string, string>.Empty
            : ImmutableSortedDictionary<string, string>.Empty.Add(SecretHeader, Header),
        Base64: true,
        IsOwn: true);

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
