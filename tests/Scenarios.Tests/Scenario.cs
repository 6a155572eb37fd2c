using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Parley.Scenarios.Tests;

/// <summary>A recorded scenario: what the gateway posted, and what a consumer must end with.</summary>
internal sealed partial record Scenario(string Name, string Sentence, bool OrderMatters, IReadOnlyList<Post> Posts, JsonObject Expect)
{
    public static Scenario Load(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(ScenarioFiles.PathOf(name)));
        var root = document.RootElement;
        return new Scenario(
            name,
            root.GetProperty("scenario").GetString()!,
            root.TryGetProperty("orderMatters", out var matters) && matters.GetBoolean(),
            [.. root.GetProperty("steps").EnumerateArray().Where(WasTaken).Select(PostOf)],
            JsonNode.Parse(root.GetProperty("expect").GetRawText())!.AsObject());
    }

    /// <summary>What was not answered 2xx, and the gateway's probes by GET, never reached a consumer.</summary>
    private static bool WasTaken(JsonElement step) =>
        step.GetProperty("kind").GetString() == "webhook"
        && step.GetProperty("answered").GetInt32() is >= 200 and < 300
        && !(step.TryGetProperty("method", out var method) && method.GetString() == "GET");

    /// <summary>The body goes out as it was recorded: parsing would change lone surrogates and large numbers.</summary>
    private static Post PostOf(JsonElement step)
    {
        var body = step.GetProperty("body");
        return new Post(
            AddressAndToken().Replace(step.GetProperty("path").GetString()!, ""),
            Encoding.UTF8.GetBytes(body.GetRawText()),
            body.TryGetProperty("instance", out var instance) ? instance.GetString() : null);
    }

    [GeneratedRegex("^/webhooks/evolution/[^/?]*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AddressAndToken();
}

/// <param name="Tail">What followed the token in the address.</param>
/// <param name="Instance">Null in the gateway's error webhook, which nobody can attribute.</param>
internal sealed record Post(string Tail, byte[] Body, string? Instance);
