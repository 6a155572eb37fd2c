using System.Text.Json.Nodes;

namespace Parley.Scenarios.Tests;

/// <summary>One expected message against the kept one.</summary>
internal static class MessageCheck
{
    /// <summary>By id and direction; where two lines got the same message, also by its parties.</summary>
    public static JsonNode? Find(JsonObject expected, IReadOnlyList<JsonNode> messages)
    {
        var named = messages.Where(message => Same(expected, message, "externalId") && Same(expected, message, "direction")).ToList();
        return named.Find(message => Same(expected, message, "from") && Same(expected, message, "to")) ?? named.FirstOrDefault();
    }

    public static void Compare(JsonObject expected, JsonNode message, Differences differences)
    {
        var id = expected["externalId"]!.GetValue<string>();
        foreach (var (key, value) in expected)
        {
            Compare(id, key, value, message, differences);
        }

        differences.Equal($"{id} edited", expected["edited"]?.GetValue<bool>() ?? false, IsEdited(message));
        differences.Equal($"{id} deleted", expected["deleted"]?.GetValue<bool>() ?? false, message["deletedAt"] is not null);
        differences.Equal($"{id} origin", expected["origin"]?.GetValue<string>() ?? "live", message["origin"]!.GetValue<string>());
        differences.Equal($"{id} quotedMessageId", expected["quotedMessageId"]?.GetValue<string>(), message["quotedMessageId"]?.GetValue<string>());
        differences.Covers($"{id} reactions", Sorted(expected["reactions"]), Sorted(message["reactions"]));
    }

    private static void Compare(string id, string key, JsonNode? value, JsonNode message, Differences differences)
    {
        switch (key)
        {
            case "externalId" or "direction" or "edited" or "deleted" or "origin" or "quotedMessageId" or "reactions":
                break;
            case "timestamp":
                var seconds = message["timestamp"]!.GetValue<DateTimeOffset>().ToUnixTimeSeconds();
                differences.Equal($"{id} timestamp", value!.GetValue<long>(), seconds);
                break;
            case "mimeType":
                differences.Covers($"{id} mimeType", value, message["media"]?["mimeType"]);
                break;
            case "from" or "to" or "author" or "type" or "rawType" or "text" or "status" or "poll" or "location" or "contacts":
                differences.Covers($"{id} {key}", value, message[key]);
                break;
            default:
                differences.Add($"{id}: nothing checks the key {key}");
                break;
        }
    }

    private static bool Same(JsonObject expected, JsonNode message, string key) =>
        expected[key] is not { } value || JsonNode.DeepEquals(value, message[key]);

    private static bool IsEdited(JsonNode message) => message["edits"] is JsonArray { Count: > 0 } || message["editedAt"] is not null;

    private static JsonArray Sorted(JsonNode? reactions) =>
        [.. (reactions?.AsArray() ?? [])
            .Select(static reaction => reaction!.DeepClone())
            .OrderBy(static reaction => $"{reaction["from"]} {reaction["emoji"]}", StringComparer.Ordinal)];
}
