using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of messages. A tombstone has its place, a tenant, an id and a key, and nothing else.</summary>
internal static class MessageDocument
{
    private static readonly BsonDocument ErasePipeline = new("$unset", new BsonDocument
    {
        { Field.Direction, "" }, { Field.Type, "" }, { Field.Status, "" }, { Field.Session, "" }, { Field.Timestamp, "" },
        { Field.Updated, "" }, { Field.Unread, "" }, { Field.Media, "" }, { Field.Body, "" },
    });

    // A pipeline, since only one can take a field's value from another.
    private static readonly UpdateDefinition<BsonDocument> ReleasePipeline = Builders<BsonDocument>.Update.Pipeline(
        new BsonDocument[]
        {
            new("$set", new BsonDocument(Field.Key, "$" + Field.MessageId)),
            new("$unset", new BsonArray(ErasePipeline["$unset"].AsBsonDocument.Names)),
        });

    public static BsonDocument Of(string tenantId, string conversation, Message message)
    {
        var row = new MessageRow(tenantId, message);
        var document = new BsonDocument
        {
            { Field.Id, MessageId.Of(conversation, message.Sequence) },
            { Field.Tenant, tenantId },
            { Field.MessageId, Values.Of(message.Id) },
        };
        Fill(document, row);
        return document;
    }

    public static BsonDocument Tombstone(string tenantId, string conversation, long sequence, BsonValue id, BsonValue key) => new()
    {
        { Field.Id, MessageId.Of(conversation, sequence) },
        { Field.Tenant, tenantId },
        { Field.MessageId, id },
        { Field.Key, key },
    };

    /// <summary>A change: not of what is not there, nor of a tombstone, which it would bring back.</summary>
    public static UpdateOneModel<BsonDocument> Change(string tenantId, string conversation, Message message)
    {
        var row = new MessageRow(tenantId, message);
        var set = new BsonDocument();
        Fill(set, row);
        var update = new BsonDocument("$set", set);
        if (row.Media is null)
        {
            update.Add("$unset", new BsonDocument(Field.Media, ""));
        }

        return new UpdateOneModel<BsonDocument>(
            new BsonDocument
            {
                { Field.Id, MessageId.Of(conversation, message.Sequence) },
                { Field.Body, new BsonDocument("$exists", true) },
            },
            update);
    }

    public static UpdateOneModel<BsonDocument> Erase(string conversation, long sequence) =>
        new(new BsonDocument(Field.Id, MessageId.Of(conversation, sequence)), ErasePipeline);

    /// <summary>Makes it a tombstone that no gateway id leads to: its key is its own id.</summary>
    public static UpdateOneModel<BsonDocument> Release(string conversation, long sequence) =>
        new(new BsonDocument(Field.Id, MessageId.Of(conversation, sequence)), ReleasePipeline);

    public static KeptMessage Kept(BsonDocument row, string? externalId = null, Direction? direction = null) => KeptMessage.Read(
        TenantKey.Name(MessageId.Conversation(row)),
        MessageId.Sequence(row),
        row.Guid(Field.MessageId),
        externalId,
        direction,
        row,
        static row => row.MaybeText(Field.Body) is { } body ? StoreJson.Read<Message>(body) : null);

    private static void Fill(BsonDocument document, MessageRow row)
    {
        var message = row.Message;
        document.Add(Field.Key, Values.Of(row.Key));
        document.Add(Field.Direction, (int)message.Direction);
        document.Add(Field.Type, (int)message.Content.Type);
        document.Add(Field.Status, (int)message.Status);
        document.Add(Field.Session, message.SessionId);
        document.Add(Field.Timestamp, new BsonInt64(row.TimestampMs));
        document.Add(Field.Updated, new BsonInt64(row.UpdatedMs));
        document.Add(Field.Unread, row.CountsUnread);
        if (row.Media is { } media)
        {
            document.Add(Field.Media, Values.Of(media));
        }

        document.Add(Field.Body, Encoding.UTF8.GetString(row.Body));
    }
}
