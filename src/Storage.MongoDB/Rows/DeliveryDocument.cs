using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Webhooks;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of deliveries: the id is { t: owner, e: endpoint, d: delivery }, so that an endpoint's lie together, in their order.</summary>
internal static class DeliveryDocument
{
    public static BsonDocument Id(string ownerId, string endpointId, BsonValue delivery) => new()
    {
        { Field.IdTenant, ownerId }, { Field.Endpoint, endpointId }, { Field.Delivery, delivery },
    };

    public static ReplaceOneModel<BsonDocument> Put(WebhookEndpoint endpoint, Delivery delivery)
    {
        var id = Id(endpoint.OwnerId, endpoint.EndpointId, Values.Of(delivery.DeliveryId));
        var row = new BsonDocument
        {
            { Field.Id, id },
            { Field.Status, (int)delivery.Status },
            { Field.Created, Values.Ticks(delivery.CreatedAt) },
            { Field.Body, StoreJson.Text(delivery) },
        };
        return new ReplaceOneModel<BsonDocument>(new BsonDocument(Field.Id, id), row) { IsUpsert = true };
    }

    public static BsonDocument OfEndpoint(string ownerId, string endpointId) => new(Field.Id, new BsonDocument
    {
        { "$gt", Id(ownerId, endpointId, BsonMinKey.Value) }, { "$lt", Id(ownerId, endpointId, BsonMaxKey.Value) },
    });

    public static Guid DeliveryId(BsonDocument row) => row[Field.Id].AsBsonDocument.Guid(Field.Delivery);

    public static Delivery Read(BsonDocument row) => StoreJson.Read<Delivery>(row.Text(Field.Body));
}
