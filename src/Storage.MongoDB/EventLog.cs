using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB;

/// <summary>Each tenant's log of events, as the relay has numbered them.</summary>
internal sealed class EventLog(MongoDatabase database) : IEventLog
{
    private const int BatchRows = 500;

    private readonly Collections _collections = database.Collections;

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

    public async Task<int> ExpireEvents(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var dropped = 0;
        for (var shard = 0; shard < ShardOf.Count; shard++)
        {
            dropped += await Expire(shard, before.ToUnixTimeMilliseconds(), cancellationToken);
        }

        return dropped;
    }

    /// <summary>Numbers are given in the order of time, so what is old is at the start of a shard.</summary>
    private async Task<int> Expire(int shard, long beforeMs, CancellationToken cancellationToken)
    {
        var dropped = 0;
        while (true)
        {
            var first = await database.Calls.Read(
                token => _collections.Events
                    .Find(new BsonDocument(Field.Shard, shard), new FindOptions { Hint = Indexes.EventRunning })
                    .Sort(new BsonDocument { { Field.Shard, 1 }, { Field.Running, 1 } })
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

    public int Shards => throw new NotImplementedException();

    public int ShardFor(string tenantId) => throw new NotImplementedException();

    public Task<IReadOnlyList<LoggedEvent>> ReadShard(int shard, long after, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<LogBounds> ReadBounds(string tenantId, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<LogBounds>> ReadShardBounds(CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<long>> ReadHeads(CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<long> FindPosition(string tenantId, DateTimeOffset loggedBefore, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<long> FindRunning(int shard, DateTimeOffset loggedBefore, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task WaitForNews(CancellationToken cancellationToken) => throw new NotImplementedException();
}
