using Microsoft.Extensions.DependencyInjection;
using Parley.Ports;
using Parley.Storage.Sqlite;

namespace Parley.BlackBox;

/// <summary>A tenant's log of events, read from the data of a process that has ended.</summary>
public static class EventLogFile
{
    private const int PageSize = 1_000;

    public static async Task<IReadOnlyList<LoggedEvent>> Read(string dataDirectory, string tenantId)
    {
        var services = new ServiceCollection().AddSqliteStorage(new SqliteOptions { DataDirectory = dataDirectory });
        await using var provider = services.BuildServiceProvider();
        var log = provider.GetRequiredService<IEventLog>();
        var events = new List<LoggedEvent>();
        while (true)
        {
            var page = await log.ReadEvents(tenantId, events.Count == 0 ? 0 : events[^1].Position, PageSize, CancellationToken.None);
            if (page.Count == 0)
            {
                return events;
            }

            events.AddRange(page);
        }
    }
}
