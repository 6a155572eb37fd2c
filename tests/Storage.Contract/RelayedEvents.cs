using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>The log of a store with a relay, as it is once the relay has run.</summary>
internal sealed class RelayedEvents(IEventRelay relay, IEventLog log) : IEventLog
{
    private const int Together = 100;

    public static async Task Number(IEventRelay relay, CancellationToken cancellationToken)
    {
        while (await relay.WaitingShards(cancellationToken) is { Count: > 0 } shards)
        {
            foreach (var shard in shards)
            {
                await relay.Relay(shard, Together, cancellationToken);
            }
        }
    }

    public int Shards => log.Shards;

    public int ShardFor(string tenantId) => log.ShardFor(tenantId);

    public async Task<IReadOnlyList<LoggedEvent>> ReadEvents(string tenantId, long after, int limit, CancellationToken cancellationToken)
    {
        await Number(relay, cancellationToken);
        return await log.ReadEvents(tenantId, after, limit, cancellationToken);
    }

    public async Task<int> ExpireEvents(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await Number(relay, cancellationToken);
        return await log.ExpireEvents(before, cancellationToken);
    }

    public async Task<IReadOnlyList<LoggedEvent>> ReadShard(int shard, long after, int limit, CancellationToken cancellationToken)
    {
        await Number(relay, cancellationToken);
        return await log.ReadShard(shard, after, limit, cancellationToken);
    }

    public async Task<LogBounds> ReadBounds(string tenantId, CancellationToken cancellationToken)
    {
        await Number(relay, cancellationToken);
        return await log.ReadBounds(tenantId, cancellationToken);
    }

    public async Task<IReadOnlyList<LogBounds>> ReadShardBounds(CancellationToken cancellationToken)
    {
        await Number(relay, cancellationToken);
        return await log.ReadShardBounds(cancellationToken);
    }

    public async Task<IReadOnlyList<long>> ReadHeads(CancellationToken cancellationToken)
    {
        await Number(relay, cancellationToken);
        return await log.ReadHeads(cancellationToken);
    }

    public async Task<long> FindPosition(string tenantId, DateTimeOffset loggedBefore, CancellationToken cancellationToken)
    {
        await Number(relay, cancellationToken);
        return await log.FindPosition(tenantId, loggedBefore, cancellationToken);
    }

    public async Task<long> FindRunning(int shard, DateTimeOffset loggedBefore, CancellationToken cancellationToken)
    {
        await Number(relay, cancellationToken);
        return await log.FindRunning(shard, loggedBefore, cancellationToken);
    }

    public Task WaitForNews(CancellationToken cancellationToken) => log.WaitForNews(cancellationToken);
}
