using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of pairs of addresses, one under each party.</summary>
internal static class PairDocument
{
    public static BsonDocument Id(string tenantId, string party, AddressPair pair) =>
        PartyId(tenantId, party).Add(Field.Pair, Values.AsKept(pair.ToString()));

    /// <summary>What the ids of a party's pairs begin with.</summary>
    public static BsonDocument PartyId(string tenantId, string party) => new()
    {
        { Field.IdTenant, tenantId }, { Field.Party, Values.AsKept(party) },
    };

    /// <summary>The ids of a party's pairs, as the condition of a query.</summary>
    /// <param name="after">The pair's text after which they begin.</param>
    public static BsonDocument OfParty(BsonDocument party, string after = "") => new()
    {
        { "$gt", new BsonDocument(party).Add(Field.Pair, Values.AsKept(after)) },

        // Anything sorts after every text.
        { "$lt", new BsonDocument(party).Add(Field.Pair, BsonMaxKey.Value) },
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
