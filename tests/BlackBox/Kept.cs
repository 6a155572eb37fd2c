using System.Text.Json.Nodes;

namespace Parley.BlackBox;

/// <summary>All that a tenant's key can read.</summary>
public sealed record Kept(
    IReadOnlyList<JsonNode> Sessions,
    IReadOnlyList<JsonNode> Messages,
    IReadOnlyList<KeptConversation> Conversations,
    IReadOnlyList<JsonNode> Quarantine)
{
    private const int PageSize = 200;

    public static async Task<Kept> Read(ParleyClient client)
    {
        var conversations = new List<KeptConversation>();
        foreach (var conversation in await client.All("/conversations", PageSize))
        {
            var id = Uri.EscapeDataString(conversation["conversationId"]!.GetValue<string>());
            conversations.Add(new KeptConversation(conversation, await client.All($"/conversations/{id}/messages?order=asc", PageSize)));
        }

        return new Kept(
            await client.All("/sessions", PageSize),
            await client.All("/messages", PageSize),
            conversations,
            await client.All("/quarantine", PageSize));
    }
}

/// <param name="Messages">By ascending sequence, as the API lists them.</param>
public sealed record KeptConversation(JsonNode Resource, IReadOnlyList<JsonNode> Messages);
