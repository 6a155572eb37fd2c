using System.Runtime.InteropServices;
using Parley.Domain.Events;

namespace Parley.Ports;

/// <summary>Each tenant's log of events, with positions 1, 2, 3, … without a gap; beside it the tenants are spread over shards, each with
/// running numbers 1, 2, 3, … of its own, so that the events of all tenants can be followed with one read a shard.</summary>
/// <remarks>Both numbers are given in the order in which events can be read: whoever has read up to a number has missed none below it.</remarks>
public interface IEventLog
{
    /// <summary>How many shards there are; they are numbered from 0. It never changes.</summary>
    int Shards { get; }

    /// <returns>The shard of a tenant.</returns>
    int ShardFor(string tenantId);

    /// <summary>Events of a tenant in the order of their positions.</summary>
    Task<IReadOnlyList<LoggedEvent>> ReadEvents(string tenantId, long after, int limit, CancellationToken cancellationToken);

    /// <summary>Events of a shard in the order of their running numbers.</summary>
    Task<IReadOnlyList<LoggedEvent>> ReadShard(int shard, long after, int limit, CancellationToken cancellationToken);

    /// <summary>What is kept of a tenant's log.</summary>
    Task<LogBounds> ReadBounds(string tenantId, CancellationToken cancellationToken);

    /// <summary>What is kept of each shard, by its number.</summary>
    Task<IReadOnlyList<LogBounds>> ReadShardBounds(CancellationToken cancellationToken);

    /// <summary>The last running number of each shard, by its number; 0 for one in which nothing was ever logged. One short read.</summary>
    Task<IReadOnlyList<long>> ReadHeads(CancellationToken cancellationToken);

    /// <returns>The last position that was given before a time; that of the last event no longer kept, where none that is kept is older.</returns>
    Task<long> FindPosition(string tenantId, DateTimeOffset loggedBefore, CancellationToken cancellationToken);

    /// <summary>The same for a shard's running numbers.</summary>
    Task<long> FindRunning(int shard, DateTimeOffset loggedBefore, CancellationToken cancellationToken);

    /// <summary>Ends when events may have been logged since the last call, or the token is cancelled: a hint of this process alone (in a cluster
    /// another node may have logged them), so a reader looks by the clock, too.</summary>
    Task WaitForNews(CancellationToken cancellationToken);

    /// <remarks>The time of numbering never decreases along the numbers: a clock that is behind changes nothing, and after one that was ahead
    /// all that follows counts as logged at its time until the others have caught up, so that it is kept longer, never shorter.</remarks>
    /// <returns>How many were dropped because they were numbered before <paramref name="before"/>; positions go on.</returns>
    Task<int> ExpireEvents(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <param name="Position">1, 2, 3, … in the log of its tenant.</param>
/// <param name="Running">1, 2, 3, … in the log of its tenant's shard.</param>
/// <param name="Subject">The conversation's, session's or endpoint's id whose event it is.</param>
/// <param name="LoggedAt">When it was numbered, to the millisecond.</param>
public sealed record LoggedEvent(string TenantId, long Position, long Running, string Subject, EventFacts Facts, DateTimeOffset LoggedAt);

/// <summary>What is kept of a log.</summary>
/// <param name="First">The first number that is kept; one more than <paramref name="Last"/> when none is.</param>
/// <param name="Last">The last number that was given, kept or not; 0 = none was.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LogBounds(long First, long Last)
{
    /// <summary>Whether everything after a number is still there.</summary>
    public bool Reaches(long after) => after >= First - 1;
}
