using Parley.Domain.Events;

namespace Parley.Domain.Webhooks;

/// <summary>What one deliverer knows of an endpoint: what is tried next, and what an attempt's outcome does to its place and status.</summary>
/// <remarks>
/// Pure rules: time and chance are passed in. Events of one conversation go one after another, those of different ones side by side. Three
/// failures in a row pause the endpoint: then only the event that fails longest is tried, by the schedule, and one event of a conversation that
/// does not fail, so that bad events alone do not stop a sound endpoint: at once while fewer than three conversations fail, and else by the
/// schedule, too. A success resumes everything: what fails is tried before its time, and that counts as no attempt of its schedule.
/// </remarks>
public sealed class EndpointProgress
{
    /// <summary>Failures in a row that pause an endpoint.</summary>
    public const int PauseAfter = 3;

    /// <summary>Why an endpoint is disabled whose owner wanted that.</summary>
    public const string ByOwner = "by_owner";

    /// <summary>Attempts that a delivery shows.</summary>
    public const int MostShown = 20;

    private const string Failing = "failing";
    private const string Gone = "gone";
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(5);

    private readonly RetrySchedule _schedule;
    private readonly int _atOnce;
    private readonly List<Trail> _trails;
    private string? _reason;
    private long _failures;
    private DateTimeOffset? _restsUntil;
    private DateTimeOffset? _anotherAt;
    private int _others;
    private DateTimeOffset? _missedAt;
    private bool _isTold = true;
    private int _underWay;
    private int _limit;
    private long _turn;

    /// <param name="atOnce">Events of one endpoint that are on their way at once, of different conversations.</param>
    public EndpointProgress(WebhookEndpoint endpoint, RetrySchedule schedule, int atOnce)
    {
        (_schedule, _atOnce, _limit) = (schedule, atOnce, atOnce);
        (Endpoint, Status, _reason, _missedAt) = (endpoint, endpoint.Status, endpoint.StatusReason, endpoint.MissedAt);
        (_failures, _restsUntil) = (endpoint.Place.FailuresInARow, endpoint.Place.RestsUntil);
        _trails = [new Trail(endpoint.Place, null), .. endpoint.Replays.Select(static r => new Trail(r.Place, r))];
    }

    /// <summary>As the store has it: its settings, not its place.</summary>
    public WebhookEndpoint Endpoint { get; private set; }

    public EndpointStatus Status { get; private set; }

    /// <summary>What is new, and what is sent again.</summary>
    public IReadOnlyList<Trail> Trails => _trails;

    public int UnderWay => _underWay;

    /// <summary>Whether something that was to be sent again is done, and still kept.</summary>
    public bool HasDone => _trails.Exists(static t => t.IsDone);

    /// <summary>Whether further events may be read: a paused endpoint needs few.</summary>
    public bool WantsEvents => Status switch
    {
        EndpointStatus.Enabled => true,
        EndpointStatus.Paused => !All().Any(static l => !l.IsFailing && l.HasNext),
        _ => false,
    };

    /// <summary>Whether the endpoint wants an event.</summary>
    public bool Wants(PlacedEvent e) => new EventFilter(Endpoint.Types, Endpoint.Origins).Wants(e.Subject, e.Facts);

    /// <param name="newId">UUIDv7: of the delivery, where it has none yet.</param>
    /// <returns>What is to be tried now; null = nothing.</returns>
    public Attempt? Begin(DateTimeOffset now, Guid newId)
    {
        if (Status == EndpointStatus.Disabled || _restsUntil > now || _underWay >= _limit)
        {
            return null;
        }

        if ((Status == EndpointStatus.Paused ? Probe(now) : First(static _ => true, now)) is not { } lane)
        {
            return null;
        }

        lane.IsUnderWay = true;
        lane.Trail.TakeTurn(lane.Track, ++_turn);
        _underWay++;
        return new Attempt(lane, Status == EndpointStatus.Paused, now, newId);
    }

    /// <returns>When something that waits is to be tried; null = nothing waits.</returns>
    public DateTimeOffset? NextAt()
    {
        if (Status == EndpointStatus.Disabled || _underWay >= _limit)
        {
            return null;
        }

        var waiting = All().Where(static l => l.HasNext && !l.IsUnderWay && !IsBeforeItsTime(l));
        DateTimeOffset? next;
        if (Status == EndpointStatus.Paused)
        {
            var (oldest, another) = (Oldest(), IsTryingAnother() ? DateTimeOffset.MaxValue : AnotherAt());
            next = waiting
                .Where(l => l == oldest || (!l.IsFailing && another < DateTimeOffset.MaxValue))
                .Select(l => (DateTimeOffset?)(l == oldest || l.NextAt > another ? l.NextAt : another))
                .Min();
        }
        else
        {
            next = waiting.Select(static l => (DateTimeOffset?)l.NextAt).Min();
        }

        return next < _restsUntil ? _restsUntil : next;
    }

    /// <summary>Takes in what an attempt came to.</summary>
    /// <param name="now">When it is known.</param>
    /// <param name="random">From 0 to 1.</param>
    /// <returns>The delivery's row as it now is; null = there is none.</returns>
    public Delivery? End(Attempt attempt, string eventId, AttemptResult result, DateTimeOffset now, double random)
    {
        attempt.Lane.IsUnderWay = false;
        _underWay--;
        switch (result.Outcome)
        {
            case AttemptOutcome.Dropped:
                return null;
            case AttemptOutcome.Skipped:
                attempt.Trail.Settle(attempt.Lane, attempt.Number);

                // No longer wanted, or no longer kept: what waited to be tried again is not tried again.
                return attempt.Delivery is { Status: DeliveryStatus.Pending } row
                    ? row with { Status = DeliveryStatus.Failed, NextAttemptAt = null, UpdatedAt = now }
                    : null;
            case AttemptOutcome.Delivered:
                attempt.Trail.Settle(attempt.Lane, attempt.Number);
                _failures = 0;
                _limit = Math.Min(_limit + 1, _atOnce);
                Resume(now);
                return Row(attempt, eventId, result, DeliveryStatus.Delivered, null, now);
            default:
                return Fail(attempt, eventId, result, now, random);
        }
    }

    /// <summary>Events that it has not got are no longer kept.</summary>
    public void Miss(DateTimeOffset now) => _missedAt = now;

    /// <summary>Takes over settings that were changed meanwhile: somebody else's change that left the place as it was.</summary>
    public void Adopt(WebhookEndpoint endpoint)
    {
        Endpoint = endpoint;
        if (endpoint.Status == EndpointStatus.Disabled && Status != EndpointStatus.Disabled)
        {
            (Status, _reason) = (endpoint.Status, endpoint.StatusReason);
        }

        _trails.AddRange(endpoint.Replays
            .Where(r => _trails.TrueForAll(t => t.Replay?.ReplayId != r.ReplayId))
            .Select(static r => new Trail(r.Place, r)));
    }

    /// <summary>Whether the endpoint was disabled by its owner, and nothing else has changed since what is known of it: then its place is still this
    /// one's to keep.</summary>
    public bool IsOnlyStopped(WebhookEndpoint stored) =>
        stored is { Status: EndpointStatus.Disabled, StatusReason: ByOwner } && stored.Version == Endpoint.Version + 1;

    /// <summary>The endpoint as it is to be kept.</summary>
    /// <param name="mark">Names this change.</param>
    public (WebhookEndpoint Endpoint, EventFacts? Told) Kept(Guid mark, DateTimeOffset now)
    {
        var tells = !_isTold && Endpoint.OwnerId != WebhookEndpoint.AllTenants;
        var kept = Endpoint with
        {
            Version = Endpoint.Version + 1,
            Status = Status,
            StatusReason = _reason,
            MissedAt = _missedAt,
            Told = Endpoint.Told + (tells ? 1 : 0),
            UpdatedAt = Status == Endpoint.Status ? Endpoint.UpdatedAt : now,
            Place = _trails[0].Kept() with { Mark = mark, FailuresInARow = _failures, RestsUntil = _restsUntil },
            Replays = [.. _trails.Where(static t => t.Replay is not null && !t.IsDone).Select(static t => t.Replay! with { Place = t.Kept() })],
        };
        return (kept, tells ? new EventFacts { Type = EventType.EndpointDisabled, Number = kept.Told, At = now, Reason = _reason } : null);
    }

    /// <summary>What <see cref="Kept"/> returned is durable.</summary>
    public void Committed(WebhookEndpoint kept)
    {
        Endpoint = kept;
        _isTold |= kept.Status == EndpointStatus.Disabled;
        _trails.RemoveAll(t => t.Replay is { } replay && t.IsDone && kept.Replays.All(r => r.ReplayId != replay.ReplayId));
    }

    /// <summary>An endpoint that its owner enables: everything that waits is tried anew, at once, by the whole schedule.</summary>
    public static WebhookEndpoint Enable(WebhookEndpoint endpoint, Guid mark, DateTimeOffset now)
    {
        DeliveryPlace Anew(DeliveryPlace place) => place with
        {
            Mark = mark,
            RestsUntil = null,
            FailuresInARow = 0,
            Waiting = [.. place.Waiting.Select(w => w with { NextAt = now, DueAt = null, Attempts = Math.Min(w.Attempts, 1) })],
        };

        return endpoint with
        {
            Status = EndpointStatus.Enabled,
            StatusReason = null,
            Place = Anew(endpoint.Place),
            Replays = [.. endpoint.Replays.Select(r => r with { Place = Anew(r.Place) })],
        };
    }

    /// <summary>An endpoint that gets nothing any more because somebody wants it so.</summary>
    public static WebhookEndpoint Disable(WebhookEndpoint endpoint, string reason, Guid mark) => endpoint with
    {
        Status = EndpointStatus.Disabled,
        StatusReason = reason,
        Place = endpoint.Place with { Mark = mark },
    };

    private Delivery Row(
        Attempt attempt, string eventId, AttemptResult result, DeliveryStatus status, DateTimeOffset? nextAt, DateTimeOffset now)
    {
        var e = attempt.Event ?? throw new InvalidOperationException("An event that was tried is known.");
        var row = attempt.Delivery ?? new Delivery
        {
            DeliveryId = attempt.DeliveryId,
            OwnerId = Endpoint.OwnerId,
            EndpointId = Endpoint.EndpointId,
            TenantId = e.TenantId,
            Position = e.Position,
            EventId = eventId,
            Type = e.Facts.Type,
            Status = status,
            CreatedAt = attempt.At,
            UpdatedAt = now,
        };
        return row with
        {
            Status = status,
            NextAttemptAt = nextAt,
            UpdatedAt = now,
            Attempts = [.. row.Attempts.Append(result.Shown!).TakeLast(MostShown)],
        };
    }

    private Delivery Fail(Attempt attempt, string eventId, AttemptResult result, DateTimeOffset now, double random)
    {
        _failures++;
        if (attempt.IsProbe && !attempt.Lane.IsFailing)
        {
            _anotherAt = now + (_schedule.PauseAfter(++_others, random) ?? _schedule.Pauses[^1]);
        }

        var asked = Answers.Bounded(result.RetryAfter);
        if (asked is not null || result.Outcome == AttemptOutcome.SlowDown)
        {
            var rest = now + (asked ?? (FirstRest * Math.Min(_failures, PauseAfter)));
            _restsUntil = _restsUntil > rest ? _restsUntil : rest;
            _limit = Math.Max(_limit / 2, 1);
        }

        var early = attempt.Lane.DueAt > attempt.At ? attempt.Lane.DueAt : null;
        var pause = early is { } due ? due - now : _schedule.PauseAfter(attempt.Lane.Attempts + 1, random);
        var isLast = pause is null;
        if (result.Outcome == AttemptOutcome.Gone)
        {
            Disable(Gone);
        }
        else if (isLast && attempt.IsProbe && Status == EndpointStatus.Paused)
        {
            Disable(Failing);
        }
        else if (isLast && Status != EndpointStatus.Disabled)
        {
            attempt.Trail.Settle(attempt.Lane, attempt.Number);
            PauseIfFailing();
            return Row(attempt, eventId, result, DeliveryStatus.Failed, null, now);
        }

        PauseIfFailing();
        var next = now + (pause ?? TimeSpan.Zero);
        next = next < _restsUntil ? _restsUntil.Value : next;
        var row = Row(attempt, eventId, result, DeliveryStatus.Pending, Status == EndpointStatus.Disabled ? null : next, now);
        attempt.Trail.Fail(attempt.Lane, row, attempt.At, next);
        return row;
    }

    private void PauseIfFailing()
    {
        if (Status == EndpointStatus.Enabled && _failures >= PauseAfter)
        {
            (Status, _reason) = (EndpointStatus.Paused, Failing);
        }
    }

    private void Disable(string reason)
    {
        if (Status != EndpointStatus.Disabled)
        {
            (Status, _reason, _isTold) = (EndpointStatus.Disabled, reason, false);
        }
    }

    private void Resume(DateTimeOffset now)
    {
        if (Status != EndpointStatus.Paused)
        {
            return;
        }

        // What it has asked for counts on: the success was under way before that.
        (Status, _reason, _anotherAt, _others) = (EndpointStatus.Enabled, null, null, 0);
        var next = _restsUntil > now ? _restsUntil.Value : now;
        foreach (var lane in All())
        {
            lane.TryAt(next);
        }
    }

    private Lane? Probe(DateTimeOffset now) =>
        Oldest() is { IsUnderWay: false } due && due.NextAt <= now ? due
        : !IsTryingAnother() && AnotherAt() <= now ? First(static l => !l.IsFailing, now)
        : null;

    private bool IsTryingAnother() => All().Any(static l => l is { IsUnderWay: true, IsFailing: false });

    /// <summary>While it is paused: from when on an event of a conversation that does not fail may be tried.</summary>
    private DateTimeOffset AnotherAt() => CountFailing() < PauseAfter || _anotherAt is not { } at ? DateTimeOffset.MinValue : at;

    private int CountFailing() => All().Count(static l => l.IsFailing);

    private Lane? Oldest() => All().Where(static l => l.IsFailing).MinBy(static l => (l.Since, l.From));

    /// <summary>The earliest event of the log whose turn was longest ago: nothing new waits for a replay's end, nor a shard for another's.</summary>
    private Lane? First(Func<Lane, bool> condition, DateTimeOffset now) => All()
        .Where(l => l is { IsUnderWay: false, HasNext: true } && l.NextAt <= now && condition(l) && !IsBeforeItsTime(l))
        .MinBy(static l => (l.Trail.TurnOf(l.Track), l.From));

    /// <summary>That a conversation went into another one is told after all that happened in it.</summary>
    private static bool IsBeforeItsTime(Lane lane) =>
        lane.Next?.Facts is { Type: EventType.ConversationMerged, From: { } from }
        && lane.Trail.Lanes.Any(l => l.Subject == from && l.TenantId == lane.TenantId && l.From < lane.From && !l.IsDone);

    private IEnumerable<Lane> All() => _trails.SelectMany(static t => t.Lanes);
}
