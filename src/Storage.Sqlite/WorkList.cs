using Parley.Domain.Work;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;
using Parley.Storage.Sqlite.Writing;

namespace Parley.Storage.Sqlite;

/// <summary>The to-dos of the workers.</summary>
internal sealed class WorkList(SqliteDatabase database) : IWorkList
{
    public const string SelectDue =
        "SELECT item, id FROM work WHERE tenant = ?1 AND due <= ?2 ORDER BY due, id";

    private const string Delete = "DELETE FROM work WHERE tenant = ?1 AND id = ?2";
    private const string SetDue = "UPDATE work SET due = ?3 WHERE tenant = ?1 AND id = ?2";

    // One step through the index for each tenant that has work, whatever the number of its to-dos.
    public const string SelectNextTenant = "SELECT tenant, due FROM work WHERE tenant > ?1 ORDER BY tenant, due LIMIT 1";
    private const string SelectName = "SELECT tenant FROM tenant_key WHERE id = ?1";

    public async Task Leave(
        string tenantId, IReadOnlyCollection<WorkItem> items, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
        {
            return;
        }

        var rows = EventAppender.Prepare(items);
        await database.Write(
            rows.Length,
            transaction => EventAppender.Leave(transaction, transaction.Tenant(tenantId), rows, now.ToUnixTimeMilliseconds()),
            cancellationToken);
    }

    public Task<IReadOnlyList<DueWork>> Due(
        string tenantId, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<DueWork>>(
            tenantId,
            (connection, tenant) =>
            {
                using var rows = connection.Use(SelectDue).Bind(1, tenant).Bind(2, now.ToUnixTimeMilliseconds());
                return database.Unreadable.ReadAll(
                    RowOf.ToDo,
                    rows,
                    limit,
                    static row => new DueWork(StoreJson.Read<WorkItem>(row.Bytes(0)), row.Int64(1)),
                    static row => row.Text(1));
            },
            cancellationToken);

    public Task Complete(string tenantId, DueWork work, CancellationToken cancellationToken) =>
        database.Write(
            1,
            transaction =>
            {
                transaction.Connection.Use(Delete).Bind(1, transaction.Tenant(tenantId)).Bind(2, work.Token).Run();
            },
            cancellationToken);

    public Task Postpone(string tenantId, DueWork work, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.Write(
            1,
            transaction =>
            {
                transaction.Connection.Use(SetDue)
                    .Bind(1, transaction.Tenant(tenantId))
                    .Bind(2, work.Token)
                    .Bind(3, until.ToUnixTimeMilliseconds())
                    .Run();
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> TenantsWithWork(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<string>>(
            connection =>
            {
                var tenants = new List<string>();
                var nowMs = now.ToUnixTimeMilliseconds();
                long last = 0;
                while (NextTenant(connection, last) is { } next)
                {
                    last = next.Tenant;
                    if (next.DueMs <= nowMs)
                    {
                        using var name = connection.Use(SelectName).Bind(1, last);
                        name.Step();
                        tenants.Add(name.Text(0));
                    }
                }

                return tenants;
            },
            cancellationToken);

    private static (long Tenant, long DueMs)? NextTenant(Connection connection, long after)
    {
        using var row = connection.Use(SelectNextTenant).Bind(1, after);
        return row.Step() ? (row.Int64(0), row.Int64(1)) : null;
    }
}
