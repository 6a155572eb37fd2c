using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Addresses;
using Parley.Domain.Sends;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Sends that wait or leave, and what may be their echoes.</summary>
internal sealed class SendQueue(MongoDatabase database) : ISendQueue
{
    // Far more than a line's sessions have under way at once.
    private const int MostLeaving = 500;

    private const string EchoNumbers = "echoes";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Collections _collections = database.Collections;

    public Task<IReadOnlyList<QueuedSend>> ListSends(
        string tenantId, string sessionId, Guid? after, int limit, CancellationToken cancellationToken)
    {
        var filter = OfSession(tenantId, sessionId);
        if (after is { } id)
        {
            filter.Add(Field.Id, new BsonDocument("$gt", SendDocument.Id(tenantId, id)));
        }

        return ListSends(filter, Indexes.SendSession, limit, cancellationToken);
    }

    public Task<int> CountSends(string tenantId, string sessionId, int atMost, CancellationToken cancellationToken) =>
        atMost <= 0
            ? Task.FromResult(0)
            : database.Calls.Read(
                async token => (int)await _collections.Sends.CountDocumentsAsync(
                    OfSession(tenantId, sessionId), new CountOptions { Hint = Indexes.SendSession, Limit = atMost }, token),
                cancellationToken);

    public Task<IReadOnlyList<QueuedSend>> ListLeaving(string tenantId, Address line, CancellationToken cancellationToken) => ListSends(
        new BsonDocument
        {
            { Field.Tenant, tenantId }, { Field.Line, line.Value }, { Field.Leaving, new BsonDocument("$exists", true) },
        },
        Indexes.SendLine,
        MostLeaving,
        cancellationToken);

    public Task<IReadOnlyList<(string TenantId, QueuedSend Send)>> ListLeaving(
        DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<(string, QueuedSend)>>(
            token => database.Unreadable.ReadAll(
                RowOf.Send,
                _collections.Sends
                    .Find(
                        new BsonDocument(Field.Leaving, new BsonDocument("$lt", Values.Ticks(before))),
                        new FindOptions { Hint = Indexes.SendLeaving })
                    .Sort(new BsonDocument(Field.Leaving, 1)),
                limit,
                static row => (row.Text(Field.Tenant), SendDocument.Read(row)),
                SendDocument.Name,
                token),
            cancellationToken);

    public Task ParkEcho(string tenantId, ParkedEcho echo, CancellationToken cancellationToken)
    {
        var row = new BsonDocument
        {
            { Field.Tenant, tenantId },
            { Field.Line, echo.Line.Value },
            { Field.Hash, Values.Of(EchoHash.Of(echo)) },
            { Field.Parked, Values.Ticks(echo.ParkedAt) },
            { Field.Body, StoreJson.Text(echo) },
        };
        var same = new BsonDocument { { Field.Tenant, tenantId }, { Field.Hash, row[Field.Hash] } };
        return database.Calls.Write(
            async token =>
            {
                // What is found is durable; one that another caller is just writing is refused until it is too.
                while (!await _collections.Echoes.Find(same, new FindOptions { Hint = Indexes.EchoOfHash }).AnyAsync(token))
                {
                    row.Set(Field.Id, new BsonInt64(await NextNumber(token)));
                    try
                    {
                        await _collections.Echoes.InsertOneAsync(row, null, token);
                        return;
                    }
                    catch (MongoException exception) when (Failures.IsDuplicate(exception))
                    {
                        await Task.Delay(Pause, token);
                    }
                }
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<(long Id, ParkedEcho Echo)>> ListEchoes(
        string tenantId, Address line, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<(long, ParkedEcho)>>(
            token => database.Unreadable.ReadAll(
                RowOf.Echo,
                _collections.Echoes
                    .Find(
                        new BsonDocument { { Field.Tenant, tenantId }, { Field.Line, line.Value } }, new FindOptions { Hint = Indexes.EchoLine })
                    .Sort(new BsonDocument(Field.Id, 1)),
                limit,
                static row => (row.Int64(Field.Id), StoreJson.Read<ParkedEcho>(row.Text(Field.Body))),
                static row => row[Field.Id].ToString()!,
                token),
            cancellationToken);

    public Task<IReadOnlyList<(string TenantId, Address Line)>> LinesWithEchoes(
        DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<(string, Address)>>(
            async token =>
            {
                // A line may have many: what is beyond the bound comes to light when its echoes are gone.
                var rows = await _collections.Echoes
                    .Find(
                        new BsonDocument(Field.Parked, new BsonDocument("$lt", Values.Ticks(before))),
                        new FindOptions { Hint = Indexes.EchoParked })
                    .Sort(new BsonDocument(Field.Parked, 1))
                    .Limit(Keyset.Bound)
                    .Project(new BsonDocument { { Field.Id, 0 }, { Field.Tenant, 1 }, { Field.Line, 1 } })
                    .ToListAsync(token);
                return
                [
                    .. rows.Select(static row => (row.Text(Field.Tenant), row.Text(Field.Line)))
                        .Distinct()
                        .Take(limit)
                        .Select(static line => (line.Item1, Address.Parse(line.Item2))),
                ];
            },
            cancellationToken);

    public Task RemoveEcho(string tenantId, long id, CancellationToken cancellationToken) => database.Calls.Write(
        token => _collections.Echoes.DeleteOneAsync(
            new BsonDocument { { Field.Id, new BsonInt64(id) }, { Field.Tenant, tenantId } }, token),
        cancellationToken);

    private static BsonDocument OfSession(string tenantId, string sessionId) => new() { { Field.Tenant, tenantId }, { Field.Session, sessionId } };

    private Task<IReadOnlyList<QueuedSend>> ListSends(BsonDocument filter, string index, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<QueuedSend>>(
            token => database.Unreadable.ReadAll(
                RowOf.Send,
                _collections.Sends.Find(filter, new FindOptions { Hint = index }).Sort(new BsonDocument(Field.Id, 1)),
                limit,
                SendDocument.Read,
                SendDocument.Name,
                token),
            cancellationToken);

    /// <returns>A number that nobody else gets.</returns>
    private async Task<long> NextNumber(CancellationToken cancellationToken)
    {
        var last = await _collections.Sequences.FindOneAndUpdateAsync<BsonDocument>(
            new BsonDocument(Field.Id, EchoNumbers),
            new BsonDocument("$inc", new BsonDocument(Field.Number, new BsonInt64(1))),
            new FindOneAndUpdateOptions<BsonDocument> { IsUpsert = true, ReturnDocument = ReturnDocument.After },
            cancellationToken);
        return last.Int64(Field.Number);
    }
}
