namespace Parley.GatewaySimulator.Writing;

/// <summary>What a message refers to.</summary>
/// <param name="QuotedId">The id of the message that it answers; null = none.</param>
/// <param name="QuotedAuthor">Its author's JID.</param>
/// <param name="Quoted">Its content; null = not known.</param>
/// <param name="QuotedChat">Its chat, where the gateway adds it.</param>
/// <param name="Mentions">JIDs.</param>
public sealed record MessageContext(
    string? QuotedId, string? QuotedAuthor, Content? Quoted, string? QuotedChat, IReadOnlyList<string> Mentions)
{
    public static MessageContext None { get; } = new(null, null, null, null, []);
}
