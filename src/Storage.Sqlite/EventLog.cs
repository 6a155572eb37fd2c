using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite;

/// <summary>Each tenant's log of events.</summary>
internal sealed class EventLog(SqliteDatabase database) : IEventLog
{
    private const string Columns = "SELECT place, running, subject, facts, logged FROM event";

    public const string SelectAfter = Columns + " WHERE place > ?1 AND place <= ?2 ORDER BY place LIMIT ?3";

    public const string SelectOfAll =
        """
        SELECT place, running, subject, facts, logged, tenant FROM event CROSS JOIN tenant_key ON tenant_key.id = place >> 40
        WHERE running > ?1 ORDER BY running LIMIT ?2
        """;

    public const string SelectFirst = "SELECT place FROM event WHERE place > ?1 AND place <= ?2 ORDER BY place LIMIT 1";
    public const string SelectFirstOfAll = "SELECT running FROM event WHERE running > 0 ORDER BY running LIMIT 1";
    public const string SelectLogged = "SELECT logged FROM event WHERE place = ?1";
    public const string SelectLoggedOfAll = "SELECT logged FROM event WHERE running = ?1";

    private const string SelectPosition = "SELECT position FROM tenant_key WHERE id = ?1";
    private const string SelectRunning = "SELECT running FROM log_head WHERE id = 1";

    // Numbers are given in the order of time, so what is old is at the start.
    public const string SelectOld = "SELECT running, logged FROM event WHERE running > 0 ORDER BY running LIMIT ?1";

    private const string DeleteUpTo = "DELETE FROM event WHERE running <= ?1";

    private const int BatchRows = 500;

    // One writer gives all numbers.
    public int Shards => 1;

    public int ShardFor(string tenantId) => 0;

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
                    events.Add(Row(tenantId, rows));
                }

                return events;
            },
            cancellationToken);

    public Task<IReadOnlyList<LoggedEvent>> ReadShard(int shard, long after, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<LoggedEvent>>(
            connection =>
            {
                const int tenantColumn = 5;
                var events = new List<LoggedEvent>();
                using var rows = connection.Use(SelectOfAll).Bind(1, after).Bind(2, limit);
                while (rows.Step())
                {
                    events.Add(Row(rows.Text(tenantColumn), rows));
                }

                return events;
            },
            cancellationToken);

    public Task<LogBounds> ReadBounds(string tenantId, CancellationToken cancellationToken) =>
        database.Read(tenantId, Bounds, cancellationToken);

    public async Task<IReadOnlyList<LogBounds>> ReadShardBounds(CancellationToken cancellationToken) =>
        [await database.Read(Bounds, cancellationToken)];

    public async Task<IReadOnlyList<long>> ReadHeads(CancellationToken cancellationToken) =>
        [await database.ReadShort(static connection => Number(connection.Use(SelectRunning)) ?? 0, cancellationToken)];

    public Task<long> FindPosition(string tenantId, DateTimeOffset loggedBefore, CancellationToken cancellationToken) =>
        database.Read(
            tenantId,
            (connection, tenant) => NumberSearch.LastBefore(
                Bounds(connection, tenant),
                loggedBefore.ToUnixTimeMilliseconds(),
                position => Number(connection.Use(SelectLogged).Bind(1, EventPlace.Of(tenant, position)))),
            cancellationToken);

    public Task<long> FindRunning(int shard, DateTimeOffset loggedBefore, CancellationToken cancellationToken) =>
        database.Read(
            connection => NumberSearch.LastBefore(
                Bounds(connection),
                loggedBefore.ToUnixTimeMilliseconds(),
                running => Number(connection.Use(SelectLoggedOfAll).Bind(1, running))),
            cancellationToken);

    public Task WaitForNews(CancellationToken cancellationToken) => database.Writer.News.Wait(cancellationToken);

    public async Task<int> ExpireEvents(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var dropped = 0;
        while (await database.Read(connection => LastOld(connection, before.ToUnixTimeMilliseconds()), cancellationToken) is { Rows: > 0 } old)
        {
            dropped += await database.Write(
                old.Rows, transaction => transaction.Connection.Use(DeleteUpTo).Bind(1, old.Running).Run(), cancellationToken);
        }

        return dropped;
    }

    private static LoggedEvent Row(string tenantId, Statement row)
    {
        var loggedAt = EventRow.Time(row.Int64(4));
        return new LoggedEvent(
            tenantId, EventPlace.Position(row.Int64(0)), row.Int64(1), row.Text(2), EventRow.Read(row.Bytes(3), loggedAt), loggedAt);
    }

    private static LogBounds Bounds(Connection connection, long tenant)
    {
        var last = Number(connection.Use(SelectPosition).Bind(1, tenant)) ?? 0;
        var first = Number(connection.Use(SelectFirst).Bind(1, EventPlace.Of(tenant, 0)).Bind(2, EventPlace.Last(tenant)));
        return new LogBounds(first is { } place ? EventPlace.Position(place) : last + 1, last);
    }

    private static LogBounds Bounds(Connection connection)
    {
        var last = Number(connection.Use(SelectRunning)) ?? 0;
        return new LogBounds(Number(connection.Use(SelectFirstOfAll)) ?? last + 1, last);
    }

    private static long? Number(Statement statement)
    {
        using (statement)
        {
            return statement.Step() ? statement.Int64(0) : null;
        }
    }

    private static (long Running, int Rows) LastOld(Connection connection, long beforeMs)
    {
        var last = (Running: 0L, Rows: 0);
        using var rows = connection.Use(SelectOld).Bind(1, BatchRows);
        while (rows.Step() && rows.Int64(1) < beforeMs)
        {
            last = (rows.Int64(0), last.Rows + 1);
        }

        return last;
    }
}
