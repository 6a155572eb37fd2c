using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Events;
using Parley.Domain.Webhooks;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.MongoDB;

/// <summary>Endpoints and their deliveries.</summary>
internal sealed class WebhookEndpointStore(MongoDatabase database) : IWebhookEndpointStore
{
    private const int BatchRows = 500;

    private readonly Collections _collections = database.Collections;

    public Task<bool> CreateEndpoint(WebhookEndpoint endpoint, int bound, CancellationToken cancellationToken) => database.Calls.Transact(
        async (session, token) =>
        {
            // Two that count at once do not see each other's row: the server lets one of those wait that write this one.
            // So does a tenant's deletion.
            await TakeTurn(_collections, session, endpoint.OwnerId, token);
            var row = EndpointDocument.Of(endpoint);
            if (!await IsLiving(session, endpoint.OwnerId, token)
                || await CountOf(session, endpoint.OwnerId, token) >= bound
                || await _collections.Endpoints.Find(session, new BsonDocument(Field.Id, row[Field.Id])).AnyAsync(token))
            {
                return false;
            }

            await _collections.Endpoints.InsertOneAsync(session, row, null, token);
            return true;
        },
        cancellationToken);

    public Task<WebhookEndpoint?> ReadEndpoint(string ownerId, string endpointId, CancellationToken cancellationToken) => database.Calls.Read(
        async token => await _collections.Endpoints.Find(ById(ownerId, endpointId)).FirstOrDefaultAsync(token) is { } row
            ? EndpointDocument.Read(row)
            : null,
        cancellationToken);

    public Task<Page<WebhookEndpoint>> ListEndpoints(string ownerId, PageRequest page, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            async (session, token) => await Keyset.Read(
                (from, backwards) => Scan(session, ownerId, from, backwards, token), page, await CountOf(session, ownerId, token)),
            cancellationToken);

    public Task<IReadOnlyList<LiveEndpoint>> ListLiveEndpoints(
        (string OwnerId, string EndpointId)? after, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<LiveEndpoint>>(
            async token =>
            {
                BsonValue place = after is { } last ? EndpointDocument.Id(last.OwnerId, last.EndpointId) : BsonMinKey.Value;
                var rows = await _collections.Endpoints
                    .Find(
                        new BsonDocument(Field.Live, new BsonDocument { { "$exists", true }, { "$gt", place } }),
                        new FindOptions { Hint = Indexes.EndpointLive })
                    .Sort(new BsonDocument(Field.Live, 1))
                    .Limit(limit)
                    .Project(new BsonDocument(Field.Version, 1))
                    .ToListAsync(token);
                return [.. rows.Select(EndpointDocument.ReadLive)];
            },
            cancellationToken);

    public async Task<bool> UpdateEndpoint(
        WebhookEndpoint endpoint, IReadOnlyCollection<Delivery> deliveries, EventFacts? told, CancellationToken cancellationToken)
    {
        if (told is not null && endpoint.OwnerId == WebhookEndpoint.AllTenants)
        {
            throw new ArgumentException("The administrator's endpoints have no log.", nameof(told));
        }

        var row = EndpointDocument.Of(endpoint);
        var before = new BsonDocument { { Field.Id, row[Field.Id] }, { Field.Version, new BsonInt64(endpoint.Version - 1) } };
        var puts = deliveries.Select(delivery => DeliveryDocument.Put(endpoint, delivery)).ToList();
        var outbox = told is null ? null : OutboxDocument.OfEndpoint(endpoint, told);
        var updated = await database.Calls.Transact(
            async (session, token) =>
            {
                if ((await _collections.Endpoints.ReplaceOneAsync(session, before, row, new ReplaceOptions(), token)).MatchedCount == 0)
                {
                    return false;
                }

                if (puts.Count > 0)
                {
                    await _collections.Deliveries.BulkWriteAsync(session, puts, null, token);
                }

                if (outbox is not null)
                {
                    await _collections.Outbox.InsertOneAsync(session, outbox, null, token);
                }

                return true;
            },
            cancellationToken);
        if (updated && outbox is not null)
        {
            database.Flushers.Arrivals.Tell(ShardOf.Tenant(endpoint.OwnerId));
        }

        return updated;
    }

    public async Task<bool> DeleteEndpoint(string ownerId, string endpointId, CancellationToken cancellationToken)
    {
        // The endpoint first: without it no delivery can be added any more.
        var deleted = await database.Calls.Write(
            async token => (await _collections.Endpoints.DeleteOneAsync(ById(ownerId, endpointId), token)).DeletedCount == 1, cancellationToken);
        if (deleted)
        {
            await Batches.Delete(
                database.Calls, _collections.Deliveries, DeliveryDocument.OfEndpoint(ownerId, endpointId), BatchRows, cancellationToken);
        }

        return deleted;
    }

    public Task<Page<Delivery>> ListDeliveries(
        string ownerId, string endpointId, DeliveryStatus? status, PageRequest page, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            (session, token) => Keyset.Read(
                (from, backwards) => ScanDeliveries(session, ownerId, endpointId, status, from, backwards, token), page, null),
            cancellationToken);

    public Task<Delivery?> ReadDelivery(string ownerId, string endpointId, Guid deliveryId, CancellationToken cancellationToken) =>
        database.Calls.Read(
            async token =>
            {
                var id = DeliveryDocument.Id(ownerId, endpointId, Values.Of(deliveryId));
                return await _collections.Deliveries.Find(new BsonDocument(Field.Id, id)).FirstOrDefaultAsync(token) is { } row
                    ? DeliveryDocument.Read(row)
                    : null;
            },
            cancellationToken);

    public async Task<int> ExpireDeliveries(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = new BsonDocument("$lt", Values.Ticks(before));
        var dropped = 0;
        foreach (var status in (DeliveryStatus[])[DeliveryStatus.Delivered, DeliveryStatus.Failed])
        {
            dropped += await Batches.Delete(
                database.Calls,
                _collections.Deliveries,
                new BsonDocument { { Field.Status, (int)status }, { Field.Created, old } },
                BatchRows,
                cancellationToken);
        }

        return dropped + await DropOrphans(new BsonDocument { { Field.Status, (int)DeliveryStatus.Pending }, { Field.Created, old } }, cancellationToken);
    }

    /// <summary>Deliveries that wait for ever: their endpoint went while its own could not be removed.</summary>
    private async Task<int> DropOrphans(BsonDocument waiting, CancellationToken cancellationToken)
    {
        var endpoints = await database.Calls.Read(
            async token =>
            {
                var rows = await _collections.Deliveries.Find(waiting, new FindOptions { Hint = Indexes.DeliveryCreated })
                    .Sort(new BsonDocument { { Field.Status, 1 }, { Field.Created, 1 } })
                    .Limit(Keyset.Bound)
                    .Project(new BsonDocument(Field.Id, 1))
                    .ToListAsync(token);
                return rows.Select(static row => row[Field.Id].AsBsonDocument)
                    .Select(static id => (Owner: id.Text(Field.IdTenant), Endpoint: id.Text(Field.Endpoint)))
                    .Distinct()
                    .ToList();
            },
            cancellationToken);
        var dropped = 0;
        foreach (var (owner, endpoint) in endpoints)
        {
            if (await ReadEndpoint(owner, endpoint, cancellationToken) is null)
            {
                dropped += await Batches.Delete(
                    database.Calls, _collections.Deliveries, DeliveryDocument.OfEndpoint(owner, endpoint), BatchRows, cancellationToken);
            }
        }

        return dropped;
    }

    private static BsonDocument ById(string ownerId, string endpointId) => new(Field.Id, EndpointDocument.Id(ownerId, endpointId));

    /// <summary>Makes two transactions about the endpoints of one owner that pass each other conflict.</summary>
    public static Task TakeTurn(Collections collections, IClientSessionHandle session, string ownerId, CancellationToken cancellationToken) =>
        collections.Sequences.UpdateOneAsync(
            session,
            new BsonDocument(Field.Id, "endpoints:" + ownerId),
            new BsonDocument("$inc", new BsonDocument(Field.Number, new BsonInt64(1))),
            new UpdateOptions { IsUpsert = true },
            cancellationToken);

    private async Task<bool> IsLiving(IClientSessionHandle session, string ownerId, CancellationToken cancellationToken) =>
        ownerId == WebhookEndpoint.AllTenants
        || await _collections.Tenants.Find(session, TenantStore.Living(ownerId)).Project(new BsonDocument(Field.Id, 1)).AnyAsync(cancellationToken);

    private Task<long> CountOf(IClientSessionHandle session, string ownerId, CancellationToken cancellationToken) =>
        _collections.Endpoints.CountDocumentsAsync(session, EndpointDocument.OfOwner(ownerId), null, cancellationToken);

    private async IAsyncEnumerable<(SortKey Key, WebhookEndpoint? Row)> Scan(
        IClientSessionHandle session,
        string ownerId,
        SortKey? from,
        bool backwards,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = EndpointDocument.OfOwner(ownerId);
        if (from is not null)
        {
            place[Field.Id].AsBsonDocument.Set(backwards ? "$lt" : "$gt", EndpointDocument.Id(ownerId, from.Tie));
        }

        await foreach (var batch in Scans.Batches(
            _collections.Endpoints, session, place, Scans.Sort(backwards, Field.Id), "_id_", null, cancellationToken))
        {
            foreach (var row in batch)
            {
                yield return (new SortKey(0, row[Field.Id].AsBsonDocument.Text(Field.Endpoint)), EndpointDocument.Read(row));
            }
        }
    }

    private async IAsyncEnumerable<(SortKey Key, Delivery? Row)> ScanDeliveries(
        IClientSessionHandle session,
        string ownerId,
        string endpointId,
        DeliveryStatus? status,
        SortKey? from,
        bool backwards,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BsonValue? last = from is null ? null : Values.Of(Guid.TryParse(from.Tie, out var id) ? id : Guid.Empty);
        var beyond = backwards ? "$gt" : "$lt";
        BsonDocument place;
        if (status is { } wanted)
        {
            place = new BsonDocument { { Field.IdOwner, ownerId }, { Field.IdEndpoint, endpointId }, { Field.Status, (int)wanted } };
            if (last is not null)
            {
                place.Add(Field.IdDelivery, new BsonDocument(beyond, last));
            }
        }
        else
        {
            place = DeliveryDocument.OfEndpoint(ownerId, endpointId);
            if (last is not null)
            {
                place[Field.Id].AsBsonDocument.Set(beyond, DeliveryDocument.Id(ownerId, endpointId, last));
            }
        }

        var (hint, sort) = status is null
            ? ("_id_", Scans.Sort(!backwards, Field.Id))
            : (Indexes.DeliveryStatus, Scans.Sort(!backwards, Field.IdOwner, Field.IdEndpoint, Field.Status, Field.IdDelivery));
        await foreach (var batch in Scans.Batches(_collections.Deliveries, session, place, sort, hint, null, cancellationToken))
        {
            foreach (var row in batch)
            {
                yield return (SortKeys.OfId(DeliveryDocument.DeliveryId(row)), DeliveryDocument.Read(row));
            }
        }
    }
}
