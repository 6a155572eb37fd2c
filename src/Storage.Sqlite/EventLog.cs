using Parley.Domain.Events;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite;

/// <summary>Each tenant's log of events.</summary>
internal sealed class EventLog(SqliteDatabase database) : IEventLog
{
    public const string SelectAfter =
        "SELECT place, subject, facts FROM event WHERE place > ?1 AND place <= ?2 ORDER BY place LIMIT ?3";

    private const string SelectTenants = "SELECT id FROM tenant_key WHERE id > ?1 ORDER BY id LIMIT 1";

    // Positions are given in the order of time, so what is old is at the start of a tenant's log.
    private const string SelectOld =
        "SELECT place, logged FROM event WHERE place > ?1 AND place <= ?2 ORDER BY place LIMIT ?3";

    private const string DeleteUpTo = "DELETE FROM event WHERE place > ?1 AND place <= ?2";

    private const int BatchRows = 500;

    public Task<IReadOnlyList<LoggedEvent>> ReadEvents(
        string tenantId, long after, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<LoggedEvent>>(
            tenantId,
            (connection, tenant) =>
            {
                var events = new List<LoggedEvent>();
                using var rows = connection.Use(SelectAfter)
                    .Bind(1, EventPlace.Of(tenant, Math.Max(after, 0)))
                    .Bind(2, EventPlace.Last(tenant))
                    .Bind(3, limit);
                while (rows.Step())
                {
                    events.Add(new LoggedEvent(
                        tenantId, EventPlace.Position(rows.Int64(0)), 0, rows.Text(1), StoreJson.Read<EventFacts>(rows.Bytes(2)), default));
                }

                return events;
            },
            cancellationToken);

    public async Task<int> ExpireEvents(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var dropped = 0;
        long tenant = 0;
        while ((tenant = await NextTenant(tenant, cancellationToken)) != 0)
        {
            dropped += await Expire(tenant, before.ToUnixTimeMilliseconds(), cancellationToken);
        }

        return dropped;
    }

    private Task<long> NextTenant(long after, CancellationToken cancellationToken) =>
        database.Read(
            connection =>
            {
                using var row = connection.Use(SelectTenants).Bind(1, after);
                return row.Step() ? row.Int64(0) : 0;
            },
            cancellationToken);

    private async Task<int> Expire(long tenant, long beforeMs, CancellationToken cancellationToken)
    {
        var dropped = 0;
        while (await database.Read(connection => LastOld(connection, tenant, beforeMs), cancellationToken) is { Rows: > 0 } old)
        {
            dropped += await database.Write(
                old.Rows,
                transaction => transaction.Connection.Use(DeleteUpTo).Bind(1, EventPlace.Of(tenant, 0)).Bind(2, old.Place).Run(),
                cancellationToken);
        }

        return dropped;
    }

    private static (long Place, int Rows) LastOld(Connection connection, long tenant, long beforeMs)
    {
        var last = (Place: 0L, Rows: 0);
        using var rows = connection.Use(SelectOld)
            .Bind(1, EventPlace.Of(tenant, 0))
            .Bind(2, EventPlace.Last(tenant))
            .Bind(3, BatchRows);
        while (rows.Step() && rows.Int64(1) < beforeMs)
        {
            last = (rows.Int64(0), last.Rows + 1);
        }

        return last;
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
