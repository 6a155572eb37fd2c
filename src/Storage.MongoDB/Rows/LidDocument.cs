using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of hidden ids and their numbers.</summary>
internal static class LidDocument
{
    public static BsonDocument Id(string tenantId, Address lid) => new() { { Field.IdTenant, tenantId }, { Field.Lid, lid.Value } };

    public static ReplaceOneModel<BsonDocument> Put(string tenantId, LidPair pair, DateTimeOffset now)
    {
        var id = Id(tenantId, pair.Lid);
        return new ReplaceOneModel<BsonDocument>(
            new BsonDocument(Field.Id, id),
            new BsonDocument
            {
                { Field.Id, id },
                { Field.Tenant, tenantId },
                { Field.Phone, pair.Phone.Value },
                { Field.Canonical, pair.Phone.Canonical.Value },
                { Field.Learned, Values.Milliseconds(now) },
            })
        { IsUpsert = true };
    }

    public static Address Lid(BsonDocument row) => Address.Parse(row[Field.Id].AsBsonDocument[Field.Lid].AsString);
}
