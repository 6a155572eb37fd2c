using System.Runtime.CompilerServices;
using Parley.Ports;

namespace Parley.Simulator.Stores;

public sealed partial class FaultyStore : IEventRelay
{
    private readonly Queue<int> _arrived = [];
    private TaskCompletionSource _arrival = new();

    public Task<IReadOnlyList<int>> WaitingShards(CancellationToken cancellationToken) =>
        Call(nameof(WaitingShards), null, () => Task.FromResult(store.WaitingShards()), cancellationToken);

    public Task<int> Relay(int shard, int limit, CancellationToken cancellationToken)
    {
        // As a transaction: it reads when it begins and writes when it acts, and others may act in between.
        var plan = store.PlanRelay(shard, Math.Min(limit, relayLimit));
        return Call(nameof(Relay), shard, () => Task.FromResult(store.Relay(plan)), cancellationToken);
    }

    public async IAsyncEnumerable<int> Arrivals([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_arrived.TryDequeue(out var shard))
            {
                yield return shard;
            }

            _arrival = new TaskCompletionSource();
            await _arrival.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Tells the node's clock that a commit left events; now and then nobody hears it.</summary>
    private async Task<CommitResult> Told(Task<CommitResult> commit, string tenantId)
    {
        var result = await commit;
        if (store.HasOutbox && result.Outcome == CommitOutcome.Done && !faults.Happens(faults.AnswerLost))
        {
            _arrived.Enqueue(ModelStore.ShardOf(tenantId));
            _arrival.TrySetResult();
        }

        return result;
    }
}
