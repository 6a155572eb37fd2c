using Parley.Domain.Messages;

namespace Parley.Domain.Conversations;

/// <summary>A message that the conversation has under a sequence.</summary>
/// <param name="Message">Null when it is a tombstone, or damaged.</param>
/// <param name="IsDamaged">It is there and cannot be read.</param>
public sealed record KnownMessage(long Sequence, Message? Message, bool IsDamaged = false);
