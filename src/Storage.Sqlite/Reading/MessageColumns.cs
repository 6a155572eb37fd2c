using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>The columns of a message that its readers select, in this order.</summary>
internal static class MessageColumns
{
    public const string Select = "SELECT id, timestamp, updated, place, direction, type, status, session, body FROM message";

    public const int Id = 0;
    public const int Timestamp = 1;
    public const int Updated = 2;
    public const int Place = 3;
    public const int Direction = 4;
    public const int Type = 5;
    public const int Status = 6;
    public const int Session = 7;
    public const int Body = 8;

    /// <summary>The message of a row that is none of a tombstone. One that is damaged is shown by its columns.</summary>
    public static Message Message(this Statement row, ConversationHead head)
    {
        try
        {
            return StoreJson.Read<Message>(row.Bytes(Body));
        }
        catch (Exception exception) when (RowFault.Is(exception))
        {
            return DamagedMessage.Of(
                head,
                row.Guid(Id),
                MessagePlace.Sequence(row.Int64(Place)),
                (Direction)row.Int64(Direction),
                (MessageStatus)row.Int64(Status),
                row.Text(Session),
                row.Int64(Timestamp),
                row.Int64(Updated));
        }
    }
}
