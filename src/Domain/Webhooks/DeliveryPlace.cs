using System.Collections.Immutable;

namespace Parley.Domain.Webhooks;

/// <summary>How far an endpoint has come.</summary>
/// <remarks>Logs are counted in tracks: a tenant's endpoint has one, its tenant's log by positions; one of all tenants has a track for each
/// shard, by running numbers.</remarks>
public sealed record DeliveryPlace
{
    /// <summary>Of each track: everything up to this number is done, but for what waits.</summary>
    public required ImmutableArray<long> Done { get; init; }

    /// <summary>Names the change that made it so: whoever lost the answer to a change knows by it whether it was made, and by whom.</summary>
    public Guid Mark { get; init; }

    /// <summary>Until when the endpoint asked to be left alone.</summary>
    public DateTimeOffset? RestsUntil { get; init; }

    /// <summary>Conversations (and sessions) of which an event at or below <see cref="Done"/> is not delivered yet, with it.</summary>
    public ImmutableArray<WaitingSubject> Waiting { get; init; } = [];

    /// <summary>Failed attempts since the last success, whatever they were of.</summary>
    public long FailuresInARow { get; init; }
}

/// <summary>One conversation (or session) whose next event waits: those after it wait for it.</summary>
/// <param name="Subject">Of the log's row.</param>
/// <param name="Number">The waiting event, as its track counts; where it was not tried, the event is this one or a later one.</param>
/// <param name="DeliveryId">Its row; empty = it has none yet.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextAt">When it is tried again.</param>
/// <param name="Since">When it failed for the first time; null = it did not.</param>
/// <param name="DueAt">When its schedule has it tried again, where <paramref name="NextAt"/> is before that; null = it is not.</param>
public sealed record WaitingSubject(
    int Track,
    string TenantId,
    string Subject,
    long Number,
    Guid DeliveryId,
    int Attempts,
    DateTimeOffset NextAt,
    DateTimeOffset? Since = null,
    DateTimeOffset? DueAt = null);
