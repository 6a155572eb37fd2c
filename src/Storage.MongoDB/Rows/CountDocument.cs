using MongoDB.Bson;
using MongoDB.Driver;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>What is counted of a tenant. One row would be written by every flush of every node, and each would refuse the others:
/// so there are several slots, a flusher writes one of them, and readers add them up.</summary>
internal static class CountDocument
{
    public const int Slots = 32;

    /// <returns>Null when nothing changes.</returns>
    public static UpdateOneModel<BsonDocument>? Add(string tenantId, int slot, long conversations, long messages, long sessions)
    {
        var add = new BsonDocument();
        Put(add, Field.Conversations, conversations);
        Put(add, Field.Messages, messages);
        Put(add, Field.Sessions, sessions);
        return add.ElementCount == 0
            ? null
            : new UpdateOneModel<BsonDocument>(
                new BsonDocument(Field.Id, new BsonDocument { { Field.IdTenant, tenantId }, { Field.Slot, slot } }),
                new BsonDocument("$inc", add))
            { IsUpsert = true };
    }

    /// <summary>All slots of a tenant.</summary>
    public static BsonDocument OfTenant(string tenantId) => new(
        Field.Id, new BsonDocument("$in", new BsonArray(Enumerable.Range(0, Slots)
            .Select(slot => new BsonDocument { { Field.IdTenant, tenantId }, { Field.Slot, slot } }))));

    private static void Put(BsonDocument add, string field, long value)
    {
        if (value != 0)
        {
            add.Add(field, new BsonInt64(value));
        }
    }
}
