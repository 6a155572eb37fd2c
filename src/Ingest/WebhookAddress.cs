namespace Parley.Ingest;

/// <summary>Where gateways reach Parley.</summary>
/// <param name="publicUrl">The base address, as gateways see it.</param>
public sealed class WebhookAddress(string publicUrl)
{
    /// <summary>The header that a session's gateway sends along with its own secret.</summary>
    public const string SecretHeader = "X-Parley-Secret";

    public string Of(string token) => $"{publicUrl.TrimEnd('/')}/webhooks/evolution/{token}";

    /// <summary>As people may see it: of the token only the end, by which they tell theirs apart.</summary>
    public string Masked(string hint) => Of($"****{hint}");
}
