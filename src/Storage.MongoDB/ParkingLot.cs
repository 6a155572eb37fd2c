using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Changes that came before their message.</summary>
internal sealed class ParkingLot(MongoDatabase database) : IParkingLot
{
    private const int BatchRows = 500;
    private static readonly InsertManyOptions Unordered = new() { IsOrdered = false };
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly Collections _collections = database.Collections;

    public async Task<IReadOnlyList<ParkedChange>> Park(
        string tenantId,
        string sessionId,
        IReadOnlyCollection<MessageChange> changes,
        int bound,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            return [];
        }

        var rows = changes.Select(change => ParkedDocument.Of(tenantId, sessionId, change, now)).ToList();
        return await database.Calls.Write<IReadOnlyList<ParkedChange>>(
            async token =>
            {
                var ids = await PutAll(tenantId, rows, token);
                await DropOldest(tenantId, sessionId, bound, token);
                return [.. changes.Zip(rows, (change, row) => new ParkedChange(ids[row[Field.Hash]], tenantId, sessionId, change))];
            },
            cancellationToken);
    }

    public async Task Unpark(string tenantId, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        if (ids.Count > 0)
        {
            await database.Calls.Write(
                token => _collections.Parked.DeleteManyAsync(
                    new BsonDocument { { Field.Id, new BsonDocument("$in", new BsonArray(ids)) }, { Field.Tenant, tenantId } }, token),
                cancellationToken);
        }
    }

    public Task<IReadOnlyList<ParkedChange>> ListParked(long after, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<ParkedChange>>(
            token => database.Unreadable.ReadAll(
                RowOf.ParkedChange,
                _collections.Parked
                    .Find(new BsonDocument(Field.Id, new BsonDocument("$gt", new BsonInt64(after))))
                    .Sort(new BsonDocument(Field.Id, 1)),
                limit,
                ParkedDocument.Read,
                ParkedDocument.Name,
                token),
            cancellationToken);

    public Task<IReadOnlyList<ParkedChange>> ListParked(
        string tenantId, string sessionId, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<ParkedChange>>(
            token => database.Unreadable.ReadAll(
                RowOf.ParkedChange,
                _collections.Parked
                    .Find(
                        new BsonDocument { { Field.Tenant, tenantId }, { Field.Session, sessionId } },
                        new FindOptions { Hint = Indexes.ParkedSession })
                    .Sort(new BsonDocument { { Field.Tenant, -1 }, { Field.Session, -1 }, { Field.Id, -1 } }),
                limit,
                ParkedDocument.Read,
                ParkedDocument.Name,
                token),
            cancellationToken);

    public Task<int> ExpireParked(DateTimeOffset before, CancellationToken cancellationToken) =>
        Batches.Delete(database.Calls, _collections.Parked, new BsonDocument(Field.Parked, new BsonDocument("$lt", Values.Milliseconds(before))), BatchRows, cancellationToken);

    /// <returns>The ids of all of them, by their hashes.</returns>
    private async Task<Dictionary<BsonValue, long>> PutAll(string tenantId, List<BsonDocument> rows, CancellationToken cancellationToken)
    {
        var wanted = rows.DistinctBy(static row => row[Field.Hash]).ToList();
        while (true)
        {
            // What is found is durable; one that another caller is just writing is refused until it is too.
            var kept = await _collections.Parked
                .Find(new BsonDocument
                {
                    { Field.Tenant, tenantId },
                    { Field.Hash, new BsonDocument("$in", new BsonArray(wanted.Select(static row => row[Field.Hash]))) },
                })
                .Project(new BsonDocument(Field.Hash, 1))
                .ToListAsync(cancellationToken);
            var ids = kept.ToDictionary(static row => row[Field.Hash], static row => row.Int64(Field.Id));
            var missing = wanted.Where(row => !ids.ContainsKey(row[Field.Hash])).ToList();
            if (missing.Count == 0)
            {
                return ids;
            }

            var next = await Reserve(missing.Count, cancellationToken);
            foreach (var row in missing)
            {
                row.Set(Field.Id, new BsonInt64(next++));
            }

            try
            {
                await _collections.Parked.InsertManyAsync(missing, Unordered, cancellationToken);
            }
            catch (MongoException exception) when (Failures.IsDuplicate(exception))
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <returns>The first of so many ids, which nobody else gets.</returns>
    private async Task<long> Reserve(int count, CancellationToken cancellationToken)
    {
        var last = await _collections.Sequences.FindOneAndUpdateAsync<BsonDocument>(
            new BsonDocument(Field.Id, Field.Parked),
            new BsonDocument("$inc", new BsonDocument(Field.Number, new BsonInt64(count))),
            new FindOneAndUpdateOptions<BsonDocument> { IsUpsert = true, ReturnDocument = ReturnDocument.After },
            cancellationToken);
        return last.Int64(Field.Number) - count + 1;
    }

    private async Task DropOldest(string tenantId, string sessionId, int bound, CancellationToken cancellationToken)
    {
        var ofSession = new BsonDocument { { Field.Tenant, tenantId }, { Field.Session, sessionId } };
        var parked = await _collections.Parked.CountDocumentsAsync(
            ofSession, new CountOptions { Hint = Indexes.ParkedSession }, cancellationToken);
        if (parked <= bound)
        {
            return;
        }

        var oldest = await _collections.Parked.Find(ofSession)
            .Sort(new BsonDocument { { Field.Tenant, 1 }, { Field.Session, 1 }, { Field.Id, 1 } })
            .Limit((int)(parked - bound))
            .Project(new BsonDocument(Field.Id, 1))
            .ToListAsync(cancellationToken);
        await _collections.Parked.DeleteManyAsync(
            new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(oldest.Select(static row => row[Field.Id])))), cancellationToken);
    }
}
