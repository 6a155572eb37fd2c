using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.MongoDB;

/// <summary>Payloads that wait for a fix: rows, the larger ones with their bytes in <see cref="LargePayloads"/>.</summary>
internal sealed class Quarantine(MongoDatabase database) : IQuarantine
{
    private const int BatchRows = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private static readonly BsonDocument WithoutPayload = new(Field.Payload, 0);
    private static readonly BsonDocument Place = new() { { Field.Id, 1 }, { Field.File, 1 } };

    private readonly Collections _collections = database.Collections;
    private readonly LargePayloads _large = new(database);

    public async Task<Guid> Add(QuarantinedPayload payload, CancellationToken cancellationToken)
    {
        var hash = Values.Of(PayloadHash.Of(payload.Code, payload.Payload.Span));
        if (payload.Payload.Length <= LargePayloads.LargestInRow)
        {
            var row = Write(payload, hash);
            row.Add(Field.Payload, Values.Of(payload.Payload.ToArray()));
            return await database.Calls.Write(token => Add(payload, hash, row, token), cancellationToken);
        }

        return await database.Calls.Read(token => FindSame(null, payload.TenantId, hash, token), cancellationToken)
            ?? await AddLarge(payload, hash, cancellationToken);
    }

    public Task<Page<QuarantinedPayload>> ListQuarantined(
        string tenantId, string? code, DateTimeOffset? since, PageRequest page, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            (session, token) => Keyset.Read((from, backwards) => Scan(session, tenantId, code, since, from, backwards, token), page, null),
            cancellationToken);

    public async Task<QuarantinedPayload?> ReadQuarantined(string tenantId, Guid id, CancellationToken cancellationToken)
    {
        while (await ReadRow(tenantId, id, cancellationToken) is { } row)
        {
            if (!row.TryGetValue(Field.File, out var file))
            {
                return Read(row) with { Payload = row[Field.Payload].AsByteArray };
            }

            if (await _large.Read(file.AsObjectId, cancellationToken) is { } bytes)
            {
                return Read(row) with { Payload = bytes };
            }

            // It was removed while it was read; a row without its bytes there never is.
            if (await ReadRow(tenantId, id, cancellationToken) is not null)
            {
                throw new StoreUnavailableException("Bytes of a payload are missing.");
            }
        }

        return null;
    }

    public async Task RemoveQuarantined(string tenantId, Guid id, CancellationToken cancellationToken)
    {
        var rows = await database.Calls.Read(
            token => _collections.Quarantine.Find(ById(tenantId, id)).Project(Place).ToListAsync(token), cancellationToken);
        await Remove(rows, cancellationToken);
    }

    public async Task<int> ExpireQuarantined(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = new BsonDocument(Field.Received, new BsonDocument("$lt", Values.Ticks(before)));
        var total = 0;
        while (true)
        {
            var rows = await database.Calls.Read(
                token => _collections.Quarantine.Find(old, new FindOptions { Hint = Indexes.QuarantineReceived })
                    .Limit(BatchRows)
                    .Project(Place)
                    .ToListAsync(token),
                cancellationToken);
            total += await Remove(rows, cancellationToken);
            if (rows.Count < BatchRows)
            {
                await _large.Sweep(cancellationToken);
                return total;
            }
        }
    }

    private static BsonDocument ById(string tenantId, Guid id) => new() { { Field.Tenant, tenantId }, { Field.MessageId, Values.Of(id) } };

    private Task<BsonDocument?> ReadRow(string tenantId, Guid id, CancellationToken cancellationToken) => database.Calls.Read(
        async token => (BsonDocument?)await _collections.Quarantine.Find(ById(tenantId, id)).FirstOrDefaultAsync(token), cancellationToken);

    private async Task<Guid?> FindSame(IClientSessionHandle? session, string tenantId, BsonValue hash, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument { { Field.Tenant, tenantId }, { Field.Hash, hash } };
        var find = session is null ? _collections.Quarantine.Find(filter) : _collections.Quarantine.Find(session, filter);
        var same = await find
            .Project(new BsonDocument(Field.MessageId, 1))
            .FirstOrDefaultAsync(cancellationToken);
        return same?.Guid(Field.MessageId);
    }

    private async Task<Guid> Add(QuarantinedPayload payload, BsonValue hash, BsonDocument row, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindSame(null, payload.TenantId, hash, cancellationToken) is { } same)
            {
                return same;
            }

            try
            {
                await _collections.Quarantine.InsertOneAsync(row, null, cancellationToken);
                return payload.Id;
            }
            catch (MongoException exception) when (Failures.IsDuplicate(exception))
            {
                // Another is just writing the same: its id counts once it is durable.
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <summary>The bytes first, then the row that owns them.</summary>
    private async Task<Guid> AddLarge(QuarantinedPayload payload, BsonValue hash, CancellationToken cancellationToken)
    {
        var file = await _large.Write(payload.TenantId, payload.Payload, cancellationToken);
        var row = Write(payload, hash);
        row.Add(Field.File, file);
        var id = await database.Calls.Transact(
            async (session, token) =>
            {
                if (await FindSame(session, payload.TenantId, hash, token) is not null)
                {
                    return (Guid?)null;
                }

                await _large.Own(session, file, token);
                await _collections.Quarantine.InsertOneAsync(session, row, null, token);
                return payload.Id;
            },
            cancellationToken);
        if (id is { } kept)
        {
            return kept;
        }

        if (await _large.TryDrop(file, cancellationToken))
        {
            await _large.Delete(file, cancellationToken);
        }

        return await database.Calls.Read(token => FindSame(null, payload.TenantId, hash, token), cancellationToken)
            ?? throw new StoreUnavailableException("The same payload was removed while it was written.");
    }

    /// <returns>How many it removed.</returns>
    private async Task<int> Remove(List<BsonDocument> rows, CancellationToken cancellationToken)
    {
        var small = rows.Where(static row => !row.Contains(Field.File)).Select(static row => row[Field.Id]).ToList();
        var removed = 0;
        if (small.Count > 0)
        {
            var result = await database.Calls.Write(
                token => _collections.Quarantine.DeleteManyAsync(
                    new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(small))), token),
                cancellationToken);
            removed += (int)result.DeletedCount;
        }

        foreach (var row in rows.Where(static row => row.Contains(Field.File)))
        {
            var file = row[Field.File].AsObjectId;
            var result = await database.Calls.Transact(
                async (session, token) =>
                {
                    await _large.Disown(session, file, token);
                    return await _collections.Quarantine.DeleteOneAsync(session, new BsonDocument(Field.Id, row[Field.Id]), null, token);
                },
                cancellationToken);
            await _large.Delete(file, cancellationToken);
            removed += (int)result.DeletedCount;
        }

        return removed;
    }

    private static BsonDocument Write(QuarantinedPayload payload, BsonValue hash) => new()
    {
        { Field.Tenant, payload.TenantId },
        { Field.MessageId, Values.Of(payload.Id) },
        { Field.Code, payload.Code },
        { Field.Detail, payload.Detail },
        { Field.Instance, Values.Of(payload.Instance) },
        { Field.Event, Values.Of(payload.Event) },
        { Field.Received, Values.Ticks(payload.ReceivedAt) },
        { Field.Size, new BsonInt64(payload.Size) },
        { Field.Hash, hash },
    };

    private async IAsyncEnumerable<(SortKey Key, QuarantinedPayload? Row)> Scan(
        IClientSessionHandle session,
        string tenantId,
        string? code,
        DateTimeOffset? since,
        SortKey? from,
        bool backwards,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = new BsonDocument(Field.Tenant, tenantId);
        if (code is not null)
        {
            place.Add(Field.Code, code);
        }

        if (from is not null && Guid.TryParse(from.Tie, out var id))
        {
            place.Add(Field.MessageId, new BsonDocument(backwards ? "$gt" : "$lt", Values.Of(id)));
        }

        var (hint, sort) = code is null
            ? (Indexes.QuarantineId, Scans.Sort(!backwards, Field.Tenant, Field.MessageId))
            : (Indexes.QuarantineCode, Scans.Sort(!backwards, Field.Tenant, Field.Code, Field.MessageId));
        await foreach (var batch in Scans.Batches(_collections.Quarantine, session, place, sort, hint, WithoutPayload, cancellationToken))
        {
            foreach (var row in batch)
            {
                var payload = Read(row);
                yield return (SortKeys.OfId(payload.Id), payload.ReceivedAt < since ? null : payload);
            }
        }
    }

    private static QuarantinedPayload Read(BsonDocument row) => new(
        row.Guid(Field.MessageId),
        row.Text(Field.Tenant),
        row.Text(Field.Code),
        row.Text(Field.Detail),
        row.MaybeText(Field.Instance),
        row.MaybeText(Field.Event),
        row.Time(Field.Received),
        row.Int64(Field.Size),
        ReadOnlyMemory<byte>.Empty);
}
