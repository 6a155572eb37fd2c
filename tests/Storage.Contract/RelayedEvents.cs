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
}
