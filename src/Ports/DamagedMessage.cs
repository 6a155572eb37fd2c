using System.Buffers.Binary;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;

namespace Parley.Ports;

/// <summary>Stands in lists for a message that is kept and cannot be read: it must not hide the others.</summary>
/// <remarks>Readers alone get it. Whoever changes messages is told that the row is damaged (<see cref="KeptMessage.IsDamaged"/>).</remarks>
public static class DamagedMessage
{
    /// <summary>The raw type of each of them; no gateway names one so.</summary>
    public const string RawType = "unreadable";

    /// <param name="timestampMs">Unix ms; what no time has is taken for the nearest one. So is <paramref name="updatedMs"/>.</param>
    /// <returns>What the columns beside the text tell; all else is as if it had none.</returns>
    public static Message Of(
        ConversationHead head,
        Guid id,
        long sequence,
        Direction direction,
        MessageStatus status,
        string sessionId,
        long timestampMs,
        long updatedMs)
    {
        ArgumentNullException.ThrowIfNull(head);
        return new Message
        {
            Id = id,

            // No gateway is asked for it by a name that it may not have.
            ExternalId = Message.UnsentId(id),
            Sequence = sequence,
            Direction = direction,
            Origin = MessageOrigin.Live,
            Status = status,
            SessionId = sessionId,
            From = direction == Direction.In ? head.ContactAddress : head.Line,
            To = direction == Direction.In ? head.Line : head.ContactAddress,
            Content = new MessageContent { Type = MessageType.Unavailable, RawType = RawType },
            Timestamp = Time(timestampMs),
            CreatedAt = Time(MadeAt(id)),
            UpdatedAt = Time(updatedMs),
        };
    }

    public static bool Is(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message is { IsNamed: false, Content: { Type: MessageType.Unavailable, RawType: RawType } };
    }

    private static readonly long FirstMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LastMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, FirstMs, LastMs));

    /// <summary>A UUIDv7 begins with the time at which it was made.</summary>
    private static long MadeAt(Guid id) => BinaryPrimitives.ReadInt64BigEndian(id.ToByteArray(bigEndian: true)) >>> 16;
}
