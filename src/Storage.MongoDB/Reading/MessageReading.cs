using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>Reads the messages of rows for those who show them.</summary>
internal static class MessageReading
{
    /// <summary>One that is damaged is shown by its row's fields: these are read then, so that lists need not select them for all.</summary>
    /// <param name="row">Its id and its body.</param>
    public static async ValueTask<Message> Message(
        this BsonDocument row, ConversationHead head, Collections collections, IClientSessionHandle session, CancellationToken cancellationToken)
    {
        try
        {
            return StoreJson.Read<Message>(row.Text(Field.Body));
        }
        catch (Exception exception) when (RowFault.Is(exception))
        {
            var whole = await collections.Messages.Find(session, new BsonDocument(Field.Id, row[Field.Id])).SingleAsync(cancellationToken);
            return DamagedMessage.Of(
                head,
                whole.Guid(Field.MessageId),
                MessageId.Sequence(whole),
                (Direction)whole[Field.Direction].AsInt32,
                (MessageStatus)whole[Field.Status].AsInt32,
                whole.Text(Field.Session),
                whole.Int64(Field.Timestamp),
                whole.Int64(Field.Updated));
        }
    }
}
