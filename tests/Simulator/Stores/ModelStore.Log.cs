using Parley.Ports;
using Parley.Ports.Rows;

namespace Parley.Simulator.Stores;

// The log: all that was numbered, nothing of it ever dropped.
public sealed partial class ModelStore : IEventLog
{
    private readonly List<LoggedEvent>[] _shards = [.. Enumerable.Range(0, ShardCount).Select(static _ => new List<LoggedEvent>())];
    private readonly News _news = new();

    public int Shards => ShardCount;

    private DateTimeOffset Now => time?.GetUtcNow() ?? default;

    public int ShardFor(string tenantId) => ShardOf(tenantId);

    public Task<IReadOnlyList<LoggedEvent>> ReadEvents(string tenantId, long after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<LoggedEvent> page = [.. Of(tenantId).Log.Where(e => e.Position > after).Take(limit)];
        return Task.FromResult(page);
    }

    public Task<IReadOnlyList<LoggedEvent>> ReadShard(int shard, long after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<LoggedEvent> page = [.. _shards[shard].Where(e => e.Running > after).Take(limit)];
        return Task.FromResult(page);
    }

    public Task<LogBounds> ReadBounds(string tenantId, CancellationToken cancellationToken) =>
        Task.FromResult(new LogBounds(1, Of(tenantId).LogPosition));

    public Task<IReadOnlyList<LogBounds>> ReadShardBounds(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LogBounds>>([.. _shards.Select(static shard => new LogBounds(1, shard.Count))]);

    public Task<IReadOnlyList<long>> ReadHeads(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<long>>([.. _shards.Select(static shard => (long)shard.Count)]);

    public Task<long> FindPosition(string tenantId, DateTimeOffset loggedBefore, CancellationToken cancellationToken) =>
        Task.FromResult(Of(tenantId).Log.LongCount(e => e.LoggedAt < loggedBefore));

    public Task<long> FindRunning(int shard, DateTimeOffset loggedBefore, CancellationToken cancellationToken) =>
        Task.FromResult(_shards[shard].LongCount(e => e.LoggedAt < loggedBefore));

    public Task WaitForNews(CancellationToken cancellationToken) => _news.Wait(cancellationToken);

    public Task<int> ExpireEvents(DateTimeOffset before, CancellationToken cancellationToken) => Task.FromResult(0);
}
