using System.Collections.Immutable;

namespace Parley.Domain.Webhooks;

/// <summary>When an event is tried: a pause before each attempt.</summary>
public sealed class RetrySchedule
{
    /// <summary>How far a pause is spread out, as a part of it: endpoints that failed together are not tried together.</summary>
    private const double Jitter = 0.2;

    /// <param name="pauses">One before each attempt; the first one is that before the first attempt, which is made at once.</param>
    public RetrySchedule(ImmutableArray<TimeSpan> pauses) => Pauses = pauses.IsDefaultOrEmpty
        ? throw new ArgumentException("A schedule has at least one attempt.", nameof(pauses))
        : pauses;

    /// <summary>The schedule that Standard Webhooks 1.0.0 recommends.</summary>
    public static RetrySchedule Published { get; } = new(
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ]);

    public ImmutableArray<TimeSpan> Pauses { get; }

    /// <param name="made">Attempts that were made.</param>
    /// <param name="random">From 0 to 1.</param>
    /// <returns>How long to wait for the next one; null when there is none.</returns>
    public TimeSpan? PauseAfter(int made, double random) =>
        made < Pauses.Length ? Pauses[made] * (1 - (Jitter / 2) + (Jitter * random)) : null;
}
