using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Sends;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of the queues of sends.</summary>
internal static class SendDocument
{
    public static BsonDocument Id(string tenantId, Guid messageId) => new() { { Field.IdTenant, tenantId }, { Field.IdMessage, Values.Of(messageId) } };

    public static ReplaceOneModel<BsonDocument> Put(string tenantId, QueuedSend send)
    {
        var id = Id(tenantId, send.MessageId);
        var row = new BsonDocument
        {
            { Field.Id, id },
            { Field.Tenant, tenantId },
            { Field.Session, send.SessionId },
            { Field.Line, send.Line.Value },
            { Field.Body, StoreJson.Text(send) },
        };
        if (send.State == SendState.Leaving)
        {
            row.Add(Field.Leaving, Values.Ticks(send.Since));
        }

        return new ReplaceOneModel<BsonDocument>(new BsonDocument(Field.Id, id), row) { IsUpsert = true };
    }

    public static DeleteOneModel<BsonDocument> Delete(string tenantId, Guid messageId) =>
        new(new BsonDocument(Field.Id, Id(tenantId, messageId)));

    public static QueuedSend Read(BsonDocument row) => StoreJson.Read<QueuedSend>(row.Text(Field.Body));

    /// <summary>What names a row in the log.</summary>
    public static string Name(BsonDocument row) => row[Field.Id].AsBsonDocument.Guid(Field.IdMessage).ToString();
}
