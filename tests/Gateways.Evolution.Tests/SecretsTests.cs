using System.Text.Json.Nodes;

namespace Parley.Gateways.Evolution.Tests;

public sealed class SecretsTests
{
    private static readonly string[] Secret = ["apikey", "api_key", "base64", "mediaKey", "pairingCode", "jwt", "token", "accessToken", "code"];

    /// <summary>The values that must not be kept.</summary>
    internal static List<string> SecretsIn(JsonNode body) => Find(body).Where(text => text.Length > 3).Distinct(StringComparer.Ordinal).ToList();

    private static IEnumerable<string> Find(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member =>
            Secret.Contains(member.Key, StringComparer.Ordinal) && member.Value is JsonValue value && value.TryGetValue<string>(out var text)
                ? [text]
                : Find(member.Value)),
        JsonArray items => items.SelectMany(Find),
        _ => [],
    };
}
