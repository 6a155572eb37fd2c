using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>What is counted of a tenant, over all slots.</summary>
internal static class Counts
{
    /// <param name="field">Which count.</param>
    public static async Task<long> Read(
        Collections collections, IClientSessionHandle session, string tenantId, string field, CancellationToken cancellationToken)
    {
        var slots = await collections.Counts.Find(session, CountDocument.OfTenant(tenantId))
            .Project(new BsonDocument(field, 1))
            .ToListAsync(cancellationToken);
        return slots.Sum(slot => slot.MaybeInt64(field) ?? 0);
    }
}
