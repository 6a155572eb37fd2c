using Parley.Domain.Messages;

namespace Parley.Ports;

/// <summary>A message as the store has it.</summary>
/// <param name="ExternalId">The gateway id by which it was looked up; null in reads by sequence of a tombstone.</param>
/// <param name="Direction">Null in reads by sequence of a tombstone.</param>
/// <param name="Message">Null when it is a tombstone.</param>
public sealed record KeptMessage(
    string ConversationId,
    long Sequence,
    Guid MessageId,
    string? ExternalId,
    Direction? Direction,
    Message? Message);
