using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB;

/// <summary>Each tenant's log of events, as the relay has numbered them.</summary>
internal sealed class EventLog(MongoDatabase database) : IEventLog
{
    private const int BatchRows = 500;

    private static readonly BsonDocument Everything = [];
    private static readonly BsonDocument InShard = new() { { Field.Shard, 1 }, { Field.Running, 1 } };

    private readonly Collections _collections = database.Collections;

    public int Shards => ShardOf.Count;

    public int ShardFor(string tenantId) => ShardOf.Tenant(tenantId);

    public Task<IReadOnlyList<LoggedEvent>> ReadEvents(
        string tenantId, long after, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<LoggedEvent>>(
            async token =>
            {
                var rows = await _collections.Events
                    .Find(new BsonDocument(Field.Id, new BsonDocument
                    {
                        { "$gt", EventDocument.Id(tenantId, after) }, { "$lte", EventDocument.Id(tenantId, long.MaxValue) },
                    }))
                    .Sort(new BsonDocument(Field.Id, 1))
                    .Limit(limit)
                    .ToListAsync(token);
                return [.. rows.Select(EventDocument.Read)];
            },
            cancellationToken);

    public Task<IReadOnlyList<LoggedEvent>> ReadShard(int shard, long after, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<LoggedEvent>>(
            async token =>
            {
                var rows = await _collections.Events
                    .Find(
                        new BsonDocument { { Field.Shard, shard }, { Field.Running, new BsonDocument("$gt", new BsonInt64(after)) } },
                        new FindOptions { Hint = Indexes.EventRunning })
                    .Sort(InShard)
                    .Limit(limit)
                    .ToListAsync(token);
                return [.. rows.Select(EventDocument.Read)];
            },
            cancellationToken);

    public Task<LogBounds> ReadBounds(string tenantId, CancellationToken cancellationToken) => database.Calls.ReadSnapshot(
        async (session, token) =>
        {
            var kept = await _collections.Positions.Find(session, new BsonDocument(Field.Id, tenantId)).FirstOrDefaultAsync(token);
            var last = kept?.Int64(Field.Position) ?? 0;
            var first = await _collections.Events
                .Find(session, new BsonDocument(Field.Id, new BsonDocument
                {
                    { "$gt", EventDocument.Id(tenantId, 0) }, { "$lte", EventDocument.Id(tenantId, long.MaxValue) },
                }))
                .Sort(new BsonDocument(Field.Id, 1))
                .Project(new BsonDocument(Field.Id, 1))
                .FirstOrDefaultAsync(token);
            return new LogBounds(first?[Field.Id].AsBsonDocument.Int64(Field.Number) ?? last + 1, last);
        },
        cancellationToken);

    public Task<IReadOnlyList<LogBounds>> ReadShardBounds(CancellationToken cancellationToken) => database.Calls.ReadSnapshot<IReadOnlyList<LogBounds>>(
        async (session, token) =>
        {
            var heads = Heads(await _collections.Shards.Find(session, Everything).ToListAsync(token));
            var groups = await _collections.Events.AggregateAsync<BsonDocument>(
                session,
                new BsonDocument[]
                {
                    new("$sort", InShard),
                    new("$group", new BsonDocument
                    {
                        { Field.Id, "$" + Field.Shard }, { Field.Running, new BsonDocument("$first", "$" + Field.Running) },
                    }),
                },
                new AggregateOptions { Hint = Indexes.EventRunning },
                token);
            var firsts = (await groups.ToListAsync(token)).ToDictionary(static row => row[Field.Id].AsInt32, static row => row.Int64(Field.Running));
            return [.. heads.Select((last, shard) => new LogBounds(firsts.TryGetValue(shard, out var first) ? first : last + 1, last))];
        },
        cancellationToken);

    public Task<IReadOnlyList<long>> ReadHeads(CancellationToken cancellationToken) => database.Calls.Read<IReadOnlyList<long>>(
        async token => Heads(await _collections.Shards.Find(Everything).ToListAsync(token)), cancellationToken);

    public async Task<long> FindPosition(string tenantId, DateTimeOffset loggedBefore, CancellationToken cancellationToken) =>
        await NumberSearch.LastBefore(
            await ReadBounds(tenantId, cancellationToken),
            loggedBefore.ToUnixTimeMilliseconds(),
            position => ReadLogged(new BsonDocument(Field.Id, EventDocument.Id(tenantId, position)), cancellationToken));

    public async Task<long> FindRunning(int shard, DateTimeOffset loggedBefore, CancellationToken cancellationToken) =>
        await NumberSearch.LastBefore(
            (await ReadShardBounds(cancellationToken))[shard],
            loggedBefore.ToUnixTimeMilliseconds(),
            running => ReadLogged(new BsonDocument { { Field.Shard, shard }, { Field.Running, new BsonInt64(running) } }, cancellationToken));

    public Task WaitForNews(CancellationToken cancellationToken) => database.News.Wait(cancellationToken);

    public async Task<int> ExpireEvents(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var dropped = 0;
        for (var shard = 0; shard < ShardOf.Count; shard++)
        {
            dropped += await Expire(shard, before.ToUnixTimeMilliseconds(), cancellationToken);
        }

        return dropped;
    }

    private static long[] Heads(List<BsonDocument> rows)
    {
        var heads = new long[ShardOf.Count];
        foreach (var row in rows)
        {
            heads[row[Field.Id].AsInt32] = row.Int64(Field.Running);
        }

        return heads;
    }

    private Task<long?> ReadLogged(BsonDocument filter, CancellationToken cancellationToken) => database.Calls.Read(
        async token => (await _collections.Events.Find(filter).Project(new BsonDocument(Field.Logged, 1)).FirstOrDefaultAsync(token))?.MaybeInt64(Field.Logged),
        cancellationToken);

    /// <summary>Numbers are given in the order of time, so what is old is at the start of a shard.</summary>
    private async Task<int> Expire(int shard, long beforeMs, CancellationToken cancellationToken)
    {
        var dropped = 0;
        while (true)
        {
            var first = await database.Calls.Read(
                token => _collections.Events
                    .Find(new BsonDocument(Field.Shard, shard), new FindOptions { Hint = Indexes.EventRunning })
                    .Sort(InShard)
                    .Limit(BatchRows)
                    .Project(new BsonDocument { { Field.Running, 1 }, { Field.Logged, 1 } })
                    .ToListAsync(token),
                cancellationToken);
            var old = first.TakeWhile(row => row.Int64(Field.Logged) < beforeMs).ToList();
            if (old.Count == 0)
            {
                return dropped;
            }

            var result = await database.Calls.Write(
                token => _collections.Events.DeleteManyAsync(
                    new BsonDocument
                    {
                        { Field.Shard, shard }, { Field.Running, new BsonDocument("$lte", old[^1][Field.Running]) },
                    },
                    token),
                cancellationToken);
            dropped += (int)result.DeletedCount;
        }
    }
}
