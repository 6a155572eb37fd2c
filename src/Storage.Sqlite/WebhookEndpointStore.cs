using Parley.Domain.Events;
using Parley.Domain.Webhooks;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;
using Parley.Storage.Sqlite.Writing;

namespace Parley.Storage.Sqlite;

/// <summary>Endpoints and their deliveries.</summary>
internal sealed class WebhookEndpointStore(SqliteDatabase database) : IWebhookEndpointStore
{
    public const string After = "SELECT id, body FROM endpoint WHERE owner = ?1 AND id > ?2 ORDER BY id";
    public const string Before = "SELECT id, body FROM endpoint WHERE owner = ?1 AND id < ?2 ORDER BY id DESC";
    public const string SelectLive = "SELECT owner, id, version FROM endpoint WHERE live = 1 AND (owner, id) > (?1, ?2) ORDER BY owner, id LIMIT ?3";
    public const string Older = "SELECT id, body FROM delivery WHERE owner = ?1 AND endpoint = ?2 AND id < ?3 ORDER BY id DESC";
    public const string Newer = "SELECT id, body FROM delivery WHERE owner = ?1 AND endpoint = ?2 AND id > ?3 ORDER BY id";

    public const string OfStatusOlder =
        "SELECT id, body FROM delivery INDEXED BY delivery_status WHERE owner = ?1 AND endpoint = ?2 AND status = ?4 AND id < ?3 ORDER BY id DESC";

    public const string OfStatusNewer =
        "SELECT id, body FROM delivery INDEXED BY delivery_status WHERE owner = ?1 AND endpoint = ?2 AND status = ?4 AND id > ?3 ORDER BY id";

    // What waits is kept, unless there is no endpoint any more for which it could.
    public const string SelectOld =
        """
        SELECT owner, endpoint, id FROM delivery WHERE created < ?1 AND (status <> 0
            OR NOT EXISTS (SELECT 1 FROM endpoint WHERE endpoint.owner = delivery.owner AND endpoint.id = delivery.endpoint))
        ORDER BY created LIMIT ?2
        """;

    private const string Count = "SELECT count(*) FROM endpoint WHERE owner = ?1";
    private const string Select = "SELECT body FROM endpoint WHERE owner = ?1 AND id = ?2";
    private const string SelectDelivery = "SELECT body FROM delivery WHERE owner = ?1 AND endpoint = ?2 AND id = ?3";

    private const string Insert =
        "INSERT INTO endpoint (owner, id, version, live, body) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";

    private const string Update =
        "UPDATE endpoint SET version = ?3, live = ?4, body = ?5 WHERE owner = ?1 AND id = ?2 AND version = ?3 - 1";

    private const string Delete = "DELETE FROM endpoint WHERE owner = ?1 AND id = ?2";

    private const string PutDelivery =
        """
        INSERT INTO delivery (owner, endpoint, id, status, created, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO UPDATE SET status = excluded.status, created = excluded.created, body = excluded.body
        """;

    private const string DeleteOld = $"DELETE FROM delivery WHERE (owner, endpoint, id) IN ({SelectOld})";

    private const string DeleteDeliveries =
        """
        DELETE FROM delivery WHERE (owner, endpoint, id) IN
            (SELECT owner, endpoint, id FROM delivery WHERE owner = ?1 AND endpoint = ?2 LIMIT ?3)
        """;

    private const int BatchRows = 500;

    public Task<bool> CreateEndpoint(WebhookEndpoint endpoint, int bound, CancellationToken cancellationToken)
    {
        var body = StoreJson.Write(endpoint);
        return database.Write(
            1,
            transaction => (endpoint.OwnerId == WebhookEndpoint.AllTenants || TenantStore.IsLiving(transaction.Connection, endpoint.OwnerId))
                && CountOf(transaction.Connection, endpoint.OwnerId) < bound
                && Put(transaction, Insert, endpoint, body),
            cancellationToken);
    }

    public Task<WebhookEndpoint?> ReadEndpoint(string ownerId, string endpointId, CancellationToken cancellationToken) => database.Read(
        connection => ReadOne<WebhookEndpoint>(connection.Use(Select).Bind(1, ownerId).Bind(2, endpointId)), cancellationToken);

    public Task<Page<WebhookEndpoint>> ListEndpoints(string ownerId, PageRequest page, CancellationToken cancellationToken) => database.Read(
        connection => Keyset.Read(
            (from, backwards) => Scan(connection, ownerId, from, backwards), page, CountOf(connection, ownerId)),
        cancellationToken);

    public Task<IReadOnlyList<LiveEndpoint>> ListLiveEndpoints(
        (string OwnerId, string EndpointId)? after, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<LiveEndpoint>>(
            connection =>
            {
                var live = new List<LiveEndpoint>();
                using var rows = connection.Use(SelectLive).Bind(1, after?.OwnerId ?? "").Bind(2, after?.EndpointId ?? "").Bind(3, limit);
                while (rows.Step())
                {
                    live.Add(new LiveEndpoint(rows.Text(0), rows.Text(1), rows.Int64(2)));
                }

                return live;
            },
            cancellationToken);

    public Task<bool> UpdateEndpoint(
        WebhookEndpoint endpoint, IReadOnlyCollection<Delivery> deliveries, EventFacts? told, CancellationToken cancellationToken)
    {
        if (told is not null && endpoint.OwnerId == WebhookEndpoint.AllTenants)
        {
            throw new ArgumentException("The administrator's endpoints have no log.", nameof(told));
        }

        var body = StoreJson.Write(endpoint);
        var rows = deliveries.Select(delivery => (Delivery: delivery, Body: StoreJson.Write(delivery))).ToList();
        byte[][] events = told is null ? [] : EventAppender.Prepare([told]);
        return database.Write(
            1 + rows.Count + events.Length,
            transaction =>
            {
                if (!Put(transaction, Update, endpoint, body))
                {
                    return false;
                }

                foreach (var row in rows)
                {
                    Put(transaction, endpoint, row.Delivery, row.Body);
                }

                if (events.Length > 0)
                {
                    EventAppender.Append(transaction, transaction.Tenant(endpoint.OwnerId), endpoint.EndpointId, events);
                }

                return true;
            },
            cancellationToken);
    }

    public async Task<bool> DeleteEndpoint(string ownerId, string endpointId, CancellationToken cancellationToken)
    {
        // The endpoint first: without it no delivery can be added any more.
        var deleted = await database.Write(
            1, transaction => transaction.Connection.Use(Delete).Bind(1, ownerId).Bind(2, endpointId).Run() > 0, cancellationToken);
        if (deleted)
        {
            await database.WriteInBatches(
                BatchRows,
                transaction => transaction.Connection.Use(DeleteDeliveries).Bind(1, ownerId).Bind(2, endpointId).Bind(3, BatchRows).Run(),
                cancellationToken);
        }

        return deleted;
    }

    public Task<Page<Delivery>> ListDeliveries(
        string ownerId, string endpointId, DeliveryStatus? status, PageRequest page, CancellationToken cancellationToken) =>
        database.Read(
            connection => Keyset.Read(
                (from, backwards) => ScanDeliveries(connection, ownerId, endpointId, status, from, backwards), page, null),
            cancellationToken);

    public Task<Delivery?> ReadDelivery(string ownerId, string endpointId, Guid deliveryId, CancellationToken cancellationToken) => database.Read(
        connection => ReadOne<Delivery>(connection.Use(SelectDelivery).Bind(1, ownerId).Bind(2, endpointId).Bind(3, deliveryId)), cancellationToken);

    public Task<int> ExpireDeliveries(DateTimeOffset before, CancellationToken cancellationToken) => database.WriteInBatches(
        BatchRows,
        transaction => transaction.Connection.Use(DeleteOld).Bind(1, before.UtcTicks).Bind(2, BatchRows).Run(),
        cancellationToken);

    private static long CountOf(Connection connection, string ownerId)
    {
        using var row = connection.Use(Count).Bind(1, ownerId);
        row.Step();
        return row.Int64(0);
    }

    private static bool Put(WriteTransaction transaction, string sql, WebhookEndpoint endpoint, byte[] body) => transaction.Connection.Use(sql)
        .Bind(1, endpoint.OwnerId)
        .Bind(2, endpoint.EndpointId)
        .Bind(3, endpoint.Version)
        .Bind(4, endpoint.Status != EndpointStatus.Disabled)
        .BindText(5, body)
        .Run() > 0;

    private static void Put(WriteTransaction transaction, WebhookEndpoint endpoint, Delivery delivery, byte[] body) =>
        transaction.Connection.Use(PutDelivery)
            .Bind(1, endpoint.OwnerId)
            .Bind(2, endpoint.EndpointId)
            .Bind(3, delivery.DeliveryId)
            .Bind(4, (long)delivery.Status)
            .Bind(5, delivery.CreatedAt.UtcTicks)
            .BindText(6, body)
            .Run();

    private static T? ReadOne<T>(Statement row)
        where T : class
    {
        using (row)
        {
            return row.Step() ? StoreJson.Read<T>(row.Bytes(0)) : null;
        }
    }

    private static IEnumerable<(SortKey Key, WebhookEndpoint? Row)> Scan(Connection connection, string ownerId, SortKey? from, bool backwards)
    {
        using var rows = connection.Use(backwards ? Before : After).Bind(1, ownerId).BindTie(2, from, descending: backwards);
        while (rows.Step())
        {
            yield return (new SortKey(0, rows.Text(0)), StoreJson.Read<WebhookEndpoint>(rows.Bytes(1)));
        }
    }

    private static IEnumerable<(SortKey Key, Delivery? Row)> ScanDeliveries(
        Connection connection, string ownerId, string endpointId, DeliveryStatus? status, SortKey? from, bool backwards)
    {
        var sql = (status, backwards) switch
        {
            (null, false) => Older,
            (null, true) => Newer,
            (_, false) => OfStatusOlder,
            _ => OfStatusNewer,
        };
        using var rows = connection.Use(sql).Bind(1, ownerId).Bind(2, endpointId).BindId(3, from, descending: !backwards);
        if (status is { } wanted)
        {
            rows.Bind(4, (long)wanted);
        }

        while (rows.Step())
        {
            yield return (SortKeys.OfId(rows.Guid(0)), StoreJson.Read<Delivery>(rows.Bytes(1)));
        }
    }
}
