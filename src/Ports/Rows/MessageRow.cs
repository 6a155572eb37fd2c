using Parley.Domain.Messages;

namespace Parley.Ports.Rows;

/// <summary>A message made ready for its row, before the writer's turn: what can be done on the caller's thread is.</summary>
internal sealed class MessageRow(string tenantId, Message message)
{
    public Message Message { get; } = message;

    public byte[] Key { get; } = ExternalKey.Of(tenantId, message.Direction, message.ExternalId);

    public byte[] Body { get; } = StoreJson.Write(message);

    public long TimestampMs { get; } = message.Timestamp.ToUnixTimeMilliseconds();

    public long UpdatedMs { get; } = message.UpdatedAt.ToUnixTimeMilliseconds();

    public bool CountsUnread { get; } =
        message is { CountsUnread: true, Direction: Direction.In, Status: < MessageStatus.Read };

    public byte[]? Media { get; } = message.DeletedAt is null ? MediaHash.Of(message.Content.Media?.Sha256) : null;
}
