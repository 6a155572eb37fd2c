using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>The logs of all tenants, by shards.</summary>
/// <param name="watches">One for each shard; empty for a single look.</param>
internal sealed class AdminFeed(IEventLog log, IReadOnlyList<EventWatch> watches) : IEventFeed
{
    public Task<IReadOnlyList<LogBounds>> Bounds(CancellationToken cancellationToken) => log.ReadShardBounds(cancellationToken);

    public long Number(LoggedEvent e) => e.Running;

    public async Task<IReadOnlyList<LoggedEvent>> Read(int track, long after, int limit, CancellationToken cancellationToken) =>
        (watches.Count == 0 ? null : watches[track].Latest(after, limit)) ?? await log.ReadShard(track, after, limit, cancellationToken);

    public Task Next() => Task.WhenAny(watches.Select(static watch => watch.Next()));

    public void Dispose()
    {
        foreach (var watch in watches)
        {
            watch.Dispose();
        }
    }
}
