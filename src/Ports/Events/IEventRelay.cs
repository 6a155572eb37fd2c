namespace Parley.Ports;

/// <summary>Numbers the events that commits left, where the store does not do so in the commit itself.</summary>
/// <remarks>Not registered by a store that numbers in its commit. Tenants are spread over shards; of two relays of one shard at once one is
/// refused. <see cref="IEventLog"/> shows an event once it is numbered.</remarks>
public interface IEventRelay
{
    /// <returns>The shards in which events wait.</returns>
    Task<IReadOnlyList<int>> WaitingShards(CancellationToken cancellationToken);

    /// <summary>Gives events of a shard the next positions of their tenants, in one transaction: event n of a conversation or session only
    /// after n-1.</summary>
    /// <param name="limit">About how many events at once.</param>
    /// <returns>How many it numbered; 0 when none waits, or another relay was first.</returns>
    Task<int> Relay(int shard, int limit, CancellationToken cancellationToken);

    /// <summary>The shards to which commits of this process leave events, as they do: a signal that may be lost with the process.</summary>
    IAsyncEnumerable<int> Arrivals(CancellationToken cancellationToken);
}
