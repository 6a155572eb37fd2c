using Parley.Domain.Events;

namespace Parley.Ports;

/// <summary>Each tenant's log of events, with positions 1, 2, 3, … without a gap.</summary>
public interface IEventLog
{
    Task<IReadOnlyList<LoggedEvent>> ReadEvents(string tenantId, long after, int limit, CancellationToken cancellationToken);

    /// <returns>How many were dropped because they were numbered before <paramref name="before"/>; positions go on.</returns>
    Task<int> ExpireEvents(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <param name="Subject">The conversation's or session's id whose event it is.</param>
public sealed record LoggedEvent(long Position, string Subject, EventFacts Facts);
