using System.Collections.Immutable;
using Parley.Domain.Events;
using Parley.Domain.Work;

namespace Parley.Domain.Sessions;

/// <summary>One atomic change of a session: all of it or nothing.</summary>
/// <remarks>The store refuses it unless the kept version is <c>Session.Version - 1</c> (0 = none kept).</remarks>
public sealed record SessionCommit
{
    public required string TenantId { get; init; }

    public required Session Session { get; init; }

    public ImmutableArray<SessionTransition> Transitions { get; init; } = [];

    public ImmutableArray<EventFacts> Events { get; init; } = [];

    /// <summary>To-dos that this change leaves.</summary>
    public ImmutableArray<WorkItem> Leaves { get; init; } = [];

    /// <summary>How many sessions the tenant has more by it: one that it deleted does not count, until it is adopted anew.</summary>
    public int Gained =>
        (Session.Version == 1 || Events.Any(static e => e.Type == EventType.SessionCreated) ? 1 : 0)
        - (Events.Any(static e => e.Type == EventType.SessionDeleted) ? 1 : 0);
}
