using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>The log of one tenant.</summary>
/// <param name="watch">Null for a single look.</param>
internal sealed class TenantFeed(string tenantId, IEventLog log, SingleFlight<(string, long, int), IReadOnlyList<LoggedEvent>> reads, EventWatch? watch)
    : IEventFeed
{
    public async Task<IReadOnlyList<LogBounds>> Bounds(CancellationToken cancellationToken) =>
        [await log.ReadBounds(tenantId, cancellationToken)];

    public long Number(LoggedEvent e) => e.Position;

    public async Task<IReadOnlyList<LoggedEvent>> Read(int track, long after, int limit, CancellationToken cancellationToken)
    {
        if (watch?.Latest(after, limit) is { } latest)
        {
            return latest;
        }

        // Many readers may be at one place; a read that began before this call may have seen too little, but not too much.
        var shared = await reads.Join((tenantId, after, limit), () => log.ReadEvents(tenantId, after, limit, CancellationToken.None))
            .WaitAsync(cancellationToken);
        return shared.Count > 0 ? shared : await log.ReadEvents(tenantId, after, limit, cancellationToken);
    }

    public Task Next() => watch?.Next() ?? Task.CompletedTask;

    public void Dispose() => watch?.Dispose();
}
