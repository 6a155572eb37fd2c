using System.Text.Json.Nodes;

namespace Parley.BlackBox;

/// <summary>A conversation's sequences and kept counts against its messages.</summary>
public static class Recount
{
    /// <param name="readElsewhere">Messages that were read in a conversation that was merged into this one; null = there are none.</param>
    public static void Check(KeptConversation conversation, Differences differences, Func<JsonNode, bool>? readElsewhere = null)
    {
        var (resource, messages) = (conversation.Resource, conversation.Messages);
        var id = resource["conversationId"]!.GetValue<string>();
        var sequences = messages.Select(message => message["sequence"]!.GetValue<long>()).ToList();
        if (!sequences.SequenceEqual(Enumerable.Range(1, messages.Count).Select(static n => (long)n)))
        {
            differences.Add($"{id} has the sequences {string.Join(' ', sequences)}");
        }

        Equal("lastSequence", messages.Count);
        Equal("messageCount", messages.Count);
        Equal("inboundCount", messages.Count(IsInbound));
        Equal("outboundCount", messages.Count(message => !IsInbound(message)));
        Equal("unreadCount", messages.Count(
            message => IsUnread(message, resource["readUpTo"]!.GetValue<long>()) && readElsewhere?.Invoke(message) != true));
        foreach (var message in messages)
        {
            differences.Equal($"The conversation of {message["externalId"]}", id, message["conversationId"]!.GetValue<string>());
        }

        if (messages.Count > 0)
        {
            // WhatsApp's times are whole seconds. A send has milliseconds until the gateway gives it its time, which may leave it the last one
            // before another of that second.
            var latest = messages.Max(message => Seconds(message["timestamp"]));
            differences.Equal($"{id} lastMessage", latest, Seconds(resource["lastMessage"]?["timestamp"]));
            differences.Equal($"{id} lastActivityAt", latest, Seconds(resource["lastActivityAt"]));
        }

        void Equal(string property, long expected) => differences.Equal($"{id} {property}", expected, resource[property]!.GetValue<long>());
    }

    private static long? Seconds(JsonNode? time) => time?.GetValue<DateTimeOffset>().ToUnixTimeSeconds();

    private static bool IsInbound(JsonNode message) => message["direction"]!.GetValue<string>() == "in";

    private static bool IsUnread(JsonNode message, long readUpTo) =>
        IsInbound(message)
        && message["origin"]!.GetValue<string>() != "history"
        && message["status"]!.GetValue<string>() != "read"
        && message["sequence"]!.GetValue<long>() > readUpTo;
}
