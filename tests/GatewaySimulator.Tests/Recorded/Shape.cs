using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Tests.Recorded;

/// <summary>What JSON looks like without what differs from run to run: paths with their types, and the values of constants.</summary>
internal static class Shape
{
    // Their values are the same for the same story; all others are compared by type alone.
    private static readonly string[] Constants =
    [
        "event", "status", "state", "statusReason", "messageType", "error", "fromMe", "type", "exists", "jid", "number", "conversation",
        "caption", "text", "name", "addressingMode", "remoteJid", "remoteJidAlt", "participant", "participantAlt", "participantPn",
        "participantLid", "senderPn", "senderLid", "previousRemoteJid", "wuid", "disconnectionReasonCode", "connectionStatus", "enabled",
        "webhookByEvents", "webhookBase64", "webhook_by_events", "webhook_base64", "events", "total", "pages", "currentPage", "read",
        "mediaType", "displayName", "vcard", "optionName", "groups_ignore", "groupsIgnore", "integration", "lid", "statusCode",
    ];

    /// <returns>Lines such as <c>data.key.id:String</c> and <c>data.status=READ</c>.</returns>
    public static SortedSet<string> Of(JsonNode? node)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        Add(lines, "", node);
        return lines;
    }

    private static void Add(SortedSet<string> lines, string path, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject bytes when bytes.Count > 0 && bytes.All(each => int.TryParse(each.Key, out _)):
                lines.Add($"{path}:bytes");
                break;
            case JsonObject halves when halves.Count == 3 && halves.ContainsKey("low"):
                lines.Add($"{path}:halves{halves["unsigned"]}");
                break;
            case JsonObject keys:
                lines.Add($"{path}:Object");
                foreach (var (key, value) in keys)
                {
                    Add(lines, path.Length == 0 ? key : $"{path}.{key}", value);
                }

                break;
            case JsonArray array:
                lines.Add($"{path}:Array");
                foreach (var each in array)
                {
                    Add(lines, $"{path}[]", each);
                }

                break;
            default:
                AddValue(lines, path, node);
                break;
        }
    }

    private static void AddValue(SortedSet<string> lines, string path, JsonNode? value)
    {
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        lines.Add($"{path}:{kind}");
        var name = path.Split('.')[^1].Replace("[]", "", StringComparison.Ordinal);
        var isError = path.EndsWith("response.message", StringComparison.Ordinal)
            || path.Contains("response.message[]", StringComparison.Ordinal);
        if (Constants.Contains(name) || isError)
        {
            lines.Add($"{path}={value}");
        }
    }
}
