namespace Parley.Domain.Messages;

/// <summary>Where a message was before its conversation was merged into another.</summary>
[GenerateSerializer, Immutable, Alias("parley.MergedFrom")]
public sealed record MergedFrom([property: Id(0)] string ConversationId, [property: Id(1)] long Sequence);
