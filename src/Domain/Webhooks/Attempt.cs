namespace Parley.Domain.Webhooks;

/// <summary>One event on its way.</summary>
public sealed class Attempt
{
    internal Attempt(Lane lane, bool isProbe, DateTimeOffset now, Guid newId)
    {
        (Lane, IsProbe, At, Event) = (lane, isProbe, now, lane.Next);
        (Number, DeliveryId, Delivery) = (lane.From, lane.DeliveryId == Guid.Empty ? newId : lane.DeliveryId, lane.Delivery);
        IsKnown = lane.DeliveryId != Guid.Empty;
    }

    public int Track => Lane.Track;

    public string TenantId => Lane.TenantId;

    /// <summary>The event, as its track counts.</summary>
    public long Number { get; }

    /// <summary>Null = it is to be read: only its number was kept.</summary>
    public PlacedEvent? Event { get; set; }

    public Guid DeliveryId { get; }

    /// <summary>Whether it may have a row already.</summary>
    public bool IsKnown { get; }

    /// <summary>Its row so far; null = it has none, or that is to be read.</summary>
    public Delivery? Delivery { get; set; }

    /// <summary>Whether it is sent again by itself: then it is not asked whether the endpoint still wants such events.</summary>
    public bool IsWantedAgain => Trail.Replay?.DeliveryId is not null;

    public DateTimeOffset At { get; }

    internal Trail Trail => Lane.Trail;

    internal Lane Lane { get; }

    /// <summary>Whether the endpoint was paused when it began.</summary>
    internal bool IsProbe { get; }
}

/// <summary>What came of an attempt.</summary>
/// <param name="RetryAfter">What the endpoint asked for; null = nothing.</param>
/// <param name="Shown">Null where it was not made.</param>
public sealed record AttemptResult(AttemptOutcome Outcome, DeliveryAttempt? Shown, TimeSpan? RetryAfter = null);
