using MongoDB.Bson;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>The id of a message's row: its place in its conversation, so that a conversation's rows lie together.</summary>
internal static class MessageId
{
    public static BsonDocument Of(string conversation, long sequence) =>
        new BsonDocument { { Field.Conversation, conversation }, { Field.Number, new BsonInt64(sequence) } };

    public static string Conversation(BsonDocument row) => row[Field.Id].AsBsonDocument[Field.Conversation].AsString;

    public static long Sequence(BsonDocument row) => row[Field.Id].AsBsonDocument[Field.Number].AsInt64;
}
