using MongoDB.Bson;
using Parley.Domain.Webhooks;
using Parley.Ports;
using Parley.Ports.Rows;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>Rows of endpoints: the id is { t: owner, e: endpoint }, so that an owner's lie together.</summary>
internal static class EndpointDocument
{
    public static BsonDocument Id(string ownerId, string endpointId) => new() { { Field.IdTenant, ownerId }, { Field.Endpoint, endpointId } };

    public static BsonDocument Of(WebhookEndpoint endpoint)
    {
        var id = Id(endpoint.OwnerId, endpoint.EndpointId);
        var row = new BsonDocument
        {
            { Field.Id, id }, { Field.Version, new BsonInt64(endpoint.Version) }, { Field.Body, StoreJson.Text(endpoint) },
        };
        return endpoint.Status == EndpointStatus.Disabled ? row : row.Add(Field.Live, id);
    }

    public static BsonDocument OfOwner(string ownerId) => new(Field.Id, new BsonDocument
    {
        { "$gt", new BsonDocument { { Field.IdTenant, ownerId }, { Field.Endpoint, BsonMinKey.Value } } },
        { "$lt", new BsonDocument { { Field.IdTenant, ownerId }, { Field.Endpoint, BsonMaxKey.Value } } },
    });

    public static LiveEndpoint ReadLive(BsonDocument row) => new(
        row[Field.Id].AsBsonDocument.Text(Field.IdTenant), row[Field.Id].AsBsonDocument.Text(Field.Endpoint), row.MaybeInt64(Field.Version) ?? 0);

    public static WebhookEndpoint Read(BsonDocument row) => StoreJson.Read<WebhookEndpoint>(row.Text(Field.Body));
}
