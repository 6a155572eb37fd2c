using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of pairs of addresses, one under each party.</summary>
internal static class PairDocument
{
    public static BsonDocument Id(string tenantId, string party, AddressPair pair) => Id(tenantId, party, pair.ToString());

    public static BsonDocument Id(string tenantId, string party, string pair) => new()
    {
        { Field.IdTenant, tenantId }, { Field.Party, Values.AsKept(party) }, { Field.Pair, Values.AsKept(pair) },
    };

    /// <summary>Leads a pair to a conversation. One that leads elsewhere makes the insert collide with its id.</summary>
    public static IEnumerable<UpdateOneModel<BsonDocument>> Lead(string tenantId, AddressPair pair, string conversationId)
    {
        foreach (var party in pair.Low == pair.High ? [pair.Low] : new[] { pair.Low, pair.High })
        {
            yield return new UpdateOneModel<BsonDocument>(
                new BsonDocument { { Field.Id, Id(tenantId, party, pair) }, { Field.Target, conversationId } },
                new BsonDocument("$setOnInsert", new BsonDocument { { Field.Low, pair.Low }, { Field.High, pair.High } }))
            { IsUpsert = true };
        }
    }
}
