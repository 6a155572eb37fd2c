using System.Text.Json.Nodes;

namespace Parley.Cluster.Tests.Versions;

/// <summary>One message that was posted to the new node, and where its conversation was placed.</summary>
/// <param name="Told">What the previous silo was given; null = the conversation is the new node's.</param>
internal sealed record Sent(string Peer, string Instance, string Id, string Text, long Time, JsonNode? Told)
{
    public string ConversationId { get; } =
        string.CompareOrdinal(Peer, Webhook.Line) < 0 ? $"{Peer}:{Webhook.Line}" : $"{Webhook.Line}:{Peer}";

    public string Escaped => Uri.EscapeDataString(ConversationId);

    public JsonObject Body() => Webhook.Text(Peer, Text, Id, Time, instance: Instance);
}
