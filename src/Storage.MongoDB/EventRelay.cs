using System.Collections.Concurrent;
using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Moves events from the outbox into the log.</summary>
/// <remarks>One transaction reads the outbox, the shard's last running number and the tenants' last positions, and writes all of them. Two at
/// once write the same row of the shard, and the server refuses one.</remarks>
internal sealed class EventRelay(MongoDatabase database) : IEventRelay
{
    private readonly Collections _collections = database.Collections;
    private readonly ConcurrentDictionary<int, long> _refusedSince = [];

    public Task<IReadOnlyList<int>> WaitingShards(CancellationToken cancellationToken) => database.Calls.Read<IReadOnlyList<int>>(
        async token =>
        {
            var shards = await _collections.Outbox.AggregateAsync<BsonDocument>(
                new BsonDocument[]
                {
                    new("$sort", new BsonDocument(Field.IdShard, 1)),
                    new("$group", new BsonDocument(Field.Id, "$" + Field.IdShard)),
                },
                new AggregateOptions { Hint = Indexes.OutboxSubject },
                token);
            return [.. (await shards.ToListAsync(token)).Select(static shard => shard[Field.Id].AsInt32)];
        },
        cancellationToken);

    public IAsyncEnumerable<int> Arrivals(CancellationToken cancellationToken) => database.Flushers.Arrivals.All(cancellationToken);

    public async Task<int> Relay(int shard, int limit, CancellationToken cancellationToken)
    {
        if (!await database.Calls.Read(token => _collections.Outbox.Find(OfShard(shard)).AnyAsync(token), cancellationToken))
        {
            return 0;
        }

        var started = Stopwatch.GetTimestamp();
        var moved = await database.Calls.Write(
            async token =>
            {
                using var session = await database.Client.StartSessionAsync(cancellationToken: token);
                try
                {
                    return await Move(session, shard, limit, token);
                }
                catch (MongoException exception) when (Failures.IsConflict(exception) || Failures.IsEnded(exception))
                {
                    // Another relay of the shard was first, or took this one for dead.
                    StorageMetrics.Failed("relay_refused");
                    if (Stopwatch.GetElapsedTime(_refusedSince.GetOrAdd(shard, static _ => Stopwatch.GetTimestamp())) >= Blockers.EndAfter)
                    {
                        await database.Blockers.End(token);
                    }

                    return 0;
                }
            },
            cancellationToken);
        if (moved > 0)
        {
            _refusedSince.TryRemove(shard, out _);
            database.News.Tell();
        }

        StorageMetrics.RelaySeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return moved;
    }

    private static BsonDocument OfShard(int shard) => new(Field.Id, new BsonDocument
    {
        { "$gt", new BsonDocument { { Field.Shard, shard }, { Field.Order, BsonMinKey.Value } } },
        { "$lt", new BsonDocument { { Field.Shard, shard }, { Field.Order, BsonMaxKey.Value } } },
    });

    private async Task<int> Move(IClientSessionHandle session, int shard, int limit, CancellationToken cancellationToken)
    {
        session.StartTransaction(TransactionSettings.Of(database.Options));
        try
        {
            var left = await ReadOutbox(session, shard, limit, cancellationToken);
            if (left.Count == 0)
            {
                await session.AbortTransactionAsync(CancellationToken.None);
                return 0;
            }

            var log = await Number(session, shard, left, cancellationToken);
            await _collections.Events.InsertManyAsync(session, log, null, cancellationToken);
            await _collections.Outbox.DeleteManyAsync(
                session,
                new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(left.Select(static row => row[Field.Id])))),
                null,
                cancellationToken);
            await session.CommitTransactionAsync(cancellationToken);
            return log.Count;
        }
        catch
        {
            if (session.IsInTransaction)
            {
                using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
                await session.AbortTransactionAsync(timeout.Token);
            }

            throw;
        }
    }

    /// <summary>The oldest rows of the outbox, of each conversation from its first one on.</summary>
    private async Task<List<BsonDocument>> ReadOutbox(
        IClientSessionHandle session, int shard, int limit, CancellationToken cancellationToken)
    {
        var oldest = new List<BsonDocument>();
        var events = 0;
        using (var rows = await _collections.Outbox.Find(session, OfShard(shard))
            .Sort(new BsonDocument(Field.Id, 1))
            .Limit(limit)
            .ToCursorAsync(cancellationToken))
        {
            // A page of the cursor at a time, and no more pages than are needed.
            while (events < limit && await rows.MoveNextAsync(cancellationToken))
            {
                oldest.AddRange(rows.Current);
                events += rows.Current.Sum(Events);
            }
        }

        if (oldest.Count == 0)
        {
            return oldest;
        }

        var chains = oldest.GroupBy(static row => row.Text(Field.Key), StringComparer.Ordinal)
            .ToDictionary(
                static chain => chain.Key, static chain => chain.OrderBy(static row => row.Int64(Field.Number)).ToList(), StringComparer.Ordinal);
        var ofChains = new BsonDocument
        {
            { Field.IdShard, shard }, { Field.Key, new BsonDocument("$in", new BsonArray(chains.Keys)) },
        };
        var firsts = await _collections.Outbox.AggregateAsync<BsonDocument>(
            session,
            new BsonDocument[]
            {
                new("$match", ofChains),
                new("$group", new BsonDocument
                {
                    { Field.Id, "$" + Field.Key }, { Field.Number, new BsonDocument("$min", "$" + Field.Number) },
                }),
            },
            new AggregateOptions { Hint = Indexes.OutboxSubject },
            cancellationToken);
        var late = (await firsts.ToListAsync(cancellationToken))
            .Where(first => chains[first.Text(Field.Id)] is var chain
                && (first.Int64(Field.Number) < chain[0].Int64(Field.Number) || HasHole(chain)))
            .Select(static first => first.Text(Field.Id))
            .ToList();

        // Its commits came in another order than the ids of its rows: of these the rows are taken by their numbers.
        foreach (var key in late)
        {
            chains[key] = await _collections.Outbox
                .Find(session, new BsonDocument { { Field.IdShard, shard }, { Field.Key, key } })
                .Sort(new BsonDocument { { Field.IdShard, 1 }, { Field.Key, 1 }, { Field.Number, 1 } })
                .Limit(limit)
                .ToListAsync(cancellationToken);
        }

        return InOrder(oldest, chains, limit);
    }

    private static bool HasHole(List<BsonDocument> chain) => chain.Zip(chain.Skip(1)).Any(static pair =>
        pair.First.Int64(Field.Number) + Events(pair.First) != pair.Second.Int64(Field.Number));

    private static int Events(BsonDocument row) => row[Field.Events].AsBsonArray.Count;

    /// <summary>Each place in the order of the ids is taken by the next row of its conversation, until there are events enough: what was
    /// synchronized has hundreds of them in a row, and a transaction has its time.</summary>
    private static List<BsonDocument> InOrder(List<BsonDocument> oldest, Dictionary<string, List<BsonDocument>> chains, int limit)
    {
        var next = chains.ToDictionary(static chain => chain.Key, static _ => 0, StringComparer.Ordinal);
        var rows = new List<BsonDocument>(oldest.Count);
        var events = 0;
        foreach (var place in oldest)
        {
            if (events >= limit)
            {
                break;
            }

            var key = place.Text(Field.Key);
            var chain = chains[key];
            if (next[key] < chain.Count)
            {
                events += Events(chain[next[key]]);
                rows.Add(chain[next[key]++]);
            }
        }

        return rows;
    }

    /// <returns>The rows of the log.</returns>
    private async Task<List<BsonDocument>> Number(
        IClientSessionHandle session, int shard, List<BsonDocument> left, CancellationToken cancellationToken)
    {
        var tenants = left.Select(static row => row.Text(Field.Tenant)).Distinct(StringComparer.Ordinal).ToList();
        var kept = await _collections.Positions
            .Find(session, new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(tenants))))
            .ToListAsync(cancellationToken);
        var positions = tenants.ToDictionary(static tenant => tenant, static _ => 0L, StringComparer.Ordinal);
        foreach (var row in kept)
        {
            positions[row.Text(Field.Id)] = row.Int64(Field.Position);
        }

        var last = await _collections.Shards.Find(session, new BsonDocument(Field.Id, shard)).FirstOrDefaultAsync(cancellationToken);
        var running = last?.Int64(Field.Running) ?? 0;

        // Silos' clocks differ: a time never decreases within a shard, so that what is old is always at its start.
        var nowMs = Math.Max(database.Time.GetUtcNow().ToUnixTimeMilliseconds(), last?.MaybeInt64(Field.Logged) ?? 0);
        var log = new List<BsonDocument>();
        foreach (var row in left)
        {
            var tenant = row.Text(Field.Tenant);
            foreach (var facts in row[Field.Events].AsBsonArray)
            {
                log.Add(EventDocument.Of(tenant, ++positions[tenant], shard, ++running, nowMs, row.Text(Field.Subject), facts));
            }
        }

        await _collections.Shards.ReplaceOneAsync(
            session,
            new BsonDocument(Field.Id, shard),
            new BsonDocument { { Field.Id, shard }, { Field.Running, new BsonInt64(running) }, { Field.Logged, new BsonInt64(nowMs) } },
            new ReplaceOptions { IsUpsert = true },
            cancellationToken);
        await _collections.Positions.BulkWriteAsync(
            session,
            positions.Select(static position => new UpdateOneModel<BsonDocument>(
                new BsonDocument(Field.Id, position.Key),
                new BsonDocument("$set", new BsonDocument(Field.Position, new BsonInt64(position.Value))))
            { IsUpsert = true }),
            cancellationToken: cancellationToken);
        return log;
    }
}
