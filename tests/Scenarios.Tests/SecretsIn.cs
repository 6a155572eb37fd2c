using System.Text.Json;

namespace Parley.Scenarios.Tests;

/// <summary>The values of a body that must reach no log, no event and no answer, as text.</summary>
internal static class SecretsIn
{
    private const int Shortest = 6;

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal) { "apikey", "mediaKey", "pairingCode", "jwt", "token" };

    public static IEnumerable<string> Body(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        return [.. Find(document.RootElement, inQr: false).Where(static text => text.Length >= Shortest)];
    }

    private static IEnumerable<string> Find(JsonElement element, bool inQr) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => IsSecret(member.Name, inQr)
            ? Texts(member.Value)
            : Find(member.Value, inQr || member.Name == "qrcode")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Find(item, inQr)),
        _ => [],
    };

    private static bool IsSecret(string name, bool inQr) => Names.Contains(name) || (inQr && name is "code" or "base64");

    /// <summary>A key of media comes as base64, or as an object of numbers, which is told by the first ones written one after another.</summary>
    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Object when value.TryGetProperty("0", out _) =>
            [value.GetRawText(), Convert.ToBase64String([.. value.EnumerateObject().Select(static b => b.Value.GetByte())])],
        _ => [],
    };
}
