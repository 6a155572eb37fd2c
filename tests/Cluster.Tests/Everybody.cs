namespace Parley.Cluster.Tests;

/// <summary>Sends requests round to all nodes, ready or not.</summary>
internal sealed class Everybody(IReadOnlyList<ParleyProcess> nodes) : ITarget
{
    private int _last;

    public Task<Uri> Next() => Task.FromResult(nodes[(int)((uint)Interlocked.Increment(ref _last) % (uint)nodes.Count)].Address);
}
