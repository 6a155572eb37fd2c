using Parley.Domain.Messages;

namespace Parley.Domain.Conversations;

/// <summary>A message that the conversation has under a sequence.</summary>
/// <param name="Message">Null when it is a tombstone.</param>
public sealed record KnownMessage(long Sequence, Message? Message);
