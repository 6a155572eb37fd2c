using Parley.Domain.Messages;

namespace Parley.Ports;

/// <summary>A message as the store has it.</summary>
/// <param name="ExternalId">The gateway id by which it was looked up; null in reads by sequence, or by Parley's own id, of one without a message.</param>
/// <param name="Direction">Null where <paramref name="ExternalId"/> is.</param>
/// <param name="Message">Null when it is a tombstone, or damaged.</param>
public sealed record KeptMessage(
    string ConversationId,
    long Sequence,
    Guid MessageId,
    string? ExternalId,
    Direction? Direction,
    Message? Message)
{
    /// <summary>It is there and cannot be read. What comes again is none the less known, and what would change it must wait.</summary>
    public bool IsDamaged { get; private init; }

    /// <summary>Reads a message, which may be damaged: what a webhook brings beside it must not wait for somebody who mends the row.</summary>
    /// <param name="externalId">Null = what the message itself says. So is <paramref name="direction"/>.</param>
    /// <param name="read">Reads the message of the row; null when it is a tombstone.</param>
    public static KeptMessage Read<TRow>(
        string conversationId,
        long sequence,
        Guid messageId,
        string? externalId,
        Direction? direction,
        TRow row,
        Func<TRow, Message?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            var message = read(row);
            return new KeptMessage(
                conversationId, sequence, messageId, externalId ?? message?.ExternalId, direction ?? message?.Direction, message);
        }
        catch (Exception exception) when (RowFault.Is(exception))
        {
            return new KeptMessage(conversationId, sequence, messageId, externalId, direction, null) { IsDamaged = true };
        }
    }
}
