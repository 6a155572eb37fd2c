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
}
