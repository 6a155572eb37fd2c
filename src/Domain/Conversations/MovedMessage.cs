using Parley.Domain.Messages;

namespace Parley.Domain.Conversations;

/// <summary>A row that changes its conversation in a merge.</summary>
/// <param name="From">The conversation where it was.</param>
/// <param name="FromSequence">Its sequence there.</param>
/// <param name="Message">The message with its new sequence; null when it arrives as a tombstone (one whose gateway id is kept here already
/// arrives without its hash).</param>
/// <param name="Sequence">Its sequence here; null when it was a double and its row is only removed there.</param>
public sealed record MovedMessage(string From, long FromSequence, Message? Message, long? Sequence);
