namespace Parley.BlackBox;

/// <summary>What must be known of one message when all bodies of its story were acknowledged.</summary>
/// <param name="Peer">The other party's number.</param>
/// <param name="Text">Null when it was deleted.</param>
/// <param name="Media">The bytes that came along.</param>
/// <param name="EditWaits">The edit came by the event that may be answered before it is durable.</param>
public sealed record Expected(
    string Id, string Direction, string Peer, string? Text, string Status, bool Deleted = false, byte[]? Media = null, bool EditWaits = false);

/// <summary>A message and what happens to it: bodies in the order in which they are posted.</summary>
public sealed record Story(Expected Expected, IReadOnlyList<string> Bodies);
