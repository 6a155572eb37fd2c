using System.Collections.Immutable;
using MongoDB.Bson;
using Parley.Domain.Events;
using Parley.Domain.Webhooks;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>The events of one commit, until the relay has numbered them.</summary>
internal static class OutboxDocument
{
    /// <summary>Of a conversation or session.</summary>
    /// <returns>Null when there are no events.</returns>
    public static BsonDocument? Of(string tenantId, string subject, bool isSession, ImmutableArray<EventFacts> events) => events.IsDefaultOrEmpty
        ? null
        : Of(tenantId, subject, isSession ? "s:" : "c:", events);

    public static BsonDocument OfEndpoint(WebhookEndpoint endpoint, EventFacts told) => Of(endpoint.OwnerId, endpoint.EndpointId, "e:", [told]);

    private static BsonDocument Of(string tenantId, string subject, string prefix, ImmutableArray<EventFacts> events) => new()
    {
        // The order is about that of the commits, which spares the relay most of its looking; it rests nothing on it.
        { Field.Id, new BsonDocument { { Field.Shard, ShardOf.Tenant(tenantId) }, { Field.Order, ObjectId.GenerateNewId() } } },
        { Field.Tenant, tenantId },
        { Field.Subject, subject },
        { Field.Key, prefix + TenantKey.Of(tenantId, subject) },
        { Field.Number, new BsonInt64(events[0].Number) },
        { Field.Events, new BsonArray(events.Select(StoreJson.Text)) },
    };
}
