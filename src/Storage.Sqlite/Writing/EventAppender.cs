using System.Collections.Immutable;
using Parley.Domain.Events;
using Parley.Domain.Work;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>What every kind of commit writes beside its own rows: events at the end of the tenant's log, and to-dos.</summary>
internal static class EventAppender
{
    private const string InsertEvent = "INSERT INTO event (place, logged, subject, facts, running) VALUES (?1, ?2, ?3, ?4, ?5)";

    // A row that takes the place of another gets a number of its own (AUTOINCREMENT): that is its token.
    private const string InsertWork =
        "INSERT OR REPLACE INTO work (tenant, key, due, item) VALUES (?1, ?2, ?3, ?4)";

    public static byte[][] Prepare(ImmutableArray<EventFacts> events) => [.. events.Select(StoreJson.Write)];

    public static (string Key, byte[] Item)[] Prepare(IEnumerable<WorkItem> items) =>
        [.. items.Select(item => (item.Key, StoreJson.Write(item)))];

    public static void Append(WriteTransaction transaction, long tenant, string subject, byte[][] events)
    {
        if (events.Length == 0)
        {
            return;
        }

        var counts = transaction.Counts(tenant);
        var log = transaction.Log();
        foreach (var facts in events)
        {
            transaction.Connection.Use(InsertEvent)
                .Bind(1, EventPlace.Of(tenant, ++counts.Position))
                .Bind(2, log.LoggedMs)
                .Bind(3, subject)
                .BindText(4, facts)
                .Bind(5, ++log.Running)
                .Run();
        }
    }

    public static void Leave(WriteTransaction transaction, long tenant, (string Key, byte[] Item)[] items, long dueMs)
    {
        foreach (var (key, item) in items)
        {
            transaction.Connection.Use(InsertWork).Bind(1, tenant).Bind(2, key).Bind(3, dueMs).BindText(4, item).Run();
        }
    }
}
