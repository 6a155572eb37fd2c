using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Work;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of to-dos: one that is left again takes the place of the waiting one, under a token of its own.</summary>
internal static class WorkDocument
{
    public static BsonDocument Id(string tenantId, string key) => new() { { Field.IdTenant, tenantId }, { Field.IdKey, key } };

    public static ReplaceOneModel<BsonDocument> Leave(string tenantId, WorkItem item, long dueMs)
    {
        var id = Id(tenantId, item.Key);
        return new ReplaceOneModel<BsonDocument>(
            new BsonDocument(Field.Id, id),
            new BsonDocument
            {
                { Field.Id, id },
                { Field.Tenant, tenantId },
                { Field.Due, new BsonInt64(dueMs) },
                { Field.Token, new BsonInt64(Tokens.Next()) },

                // The type is named, so that the kind is written and the item can be read again.
                { Field.Body, StoreJson.Text<WorkItem>(item) },
            })
        { IsUpsert = true };
    }
}
