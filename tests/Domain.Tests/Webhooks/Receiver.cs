using System.Collections.Immutable;
using Parley.Domain.Events;
using Parley.Domain.Webhooks;

namespace Parley.Domain.Tests.Webhooks;

/// <summary>An endpoint whose answers a test decides, a log, and a deliverer that follows the rules; its process may end at any step.</summary>
internal sealed class Receiver
{
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    public static readonly RetrySchedule Schedule = new([TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30)]);

    private const int Page = 7;
    private readonly List<Attempt> _underWay = [];
    private readonly Dictionary<Guid, Delivery> _fresh = [];
    private EndpointProgress _progress;

    public Receiver(int tracks = 1)
    {
        Kept = new WebhookEndpoint
        {
            OwnerId = tracks == 1 ? "acme" : WebhookEndpoint.AllTenants,
            EndpointId = "ep_1",
            Version = 1,
            Url = "https://shop.example",
            Secrets = [],
            CreatedAt = Start,
            UpdatedAt = Start,
            Place = new DeliveryPlace { Done = [.. new long[tracks]] },
        };
        Logs = [.. Enumerable.Range(0, tracks).Select(static _ => new List<PlacedEvent>())];
        _progress = New();
    }

    public ImmutableArray<List<PlacedEvent>> Logs { get; }

    public WebhookEndpoint Kept { get; private set; }

    /// <summary>Rows that were kept.</summary>
    public Dictionary<Guid, Delivery> Rows { get; } = [];

    /// <summary>What the endpoint took, in its order, repeats included.</summary>
    public List<PlacedEvent> Taken { get; } = [];

    /// <summary>What was tried, in its order.</summary>
    public List<PlacedEvent> Tried { get; } = [];

    public List<EventFacts> Told { get; } = [];

    public EndpointProgress Progress => _progress;

    public DateTimeOffset Now { get; set; } = Start;

    /// <summary>The first event that the logs still have.</summary>
    public long First { get; set; } = 1;

    public void Log(string subject, int track = 0) => Log(subject, new EventFacts { Type = EventType.MessageCreated, Number = 1, At = Now }, track);

    public void Log(string subject, EventFacts facts, int track = 0)
    {
        var number = Logs[track].Count + 1;
        Logs[track].Add(new PlacedEvent(
            track, number, $"tenant-{track}", number, number, subject, facts with { Number = number }, Now));
    }

    /// <summary>Reads all that there is room for, and begins all that may begin.</summary>
    public void Turn()
    {
        var rounds = 0;
        for (var more = true; more;)
        {
            Assert.True(++rounds < 10_000, "It reads without end.");
            more = false;
            foreach (var trail in _progress.Trails)
            {
                for (var track = 0; track < trail.Tracks; track++)
                {
                    if (_progress.WantsEvents && !trail.IsFull && trail.HasMore(track, Logs[track].Count))
                    {
                        var events = After(track, trail.ReadUpTo(track));
                        more |= trail.Take(track, events, _progress.Wants, events.Count == 0);
                    }

                    if (trail.PassAfter(track) is { } after)
                    {
                        var events = After(track, after);
                        trail.TakePass(track, events, _progress.Wants, events.Count == 0);
                        more = true;
                    }
                }
            }
        }

        while (_progress.Begin(Now, Guid.CreateVersion7(Now)) is { } attempt)
        {
            if (attempt.Event is null && attempt.Number < First)
            {
                _progress.End(attempt, "", new AttemptResult(AttemptOutcome.Skipped, null), Now, 0.5);
                continue;
            }

            attempt.Event ??= Logs[attempt.Track][(int)attempt.Number - 1];
            if (attempt.IsKnown)
            {
                attempt.Delivery ??= Rows[attempt.DeliveryId];
            }

            Assert.Equal(attempt.Number, attempt.Event.Number);
            Tried.Add(attempt.Event);
            _underWay.Add(attempt);
        }
    }

    /// <summary>Answers one of those that are under way.</summary>
    public void Answer(int which, Func<PlacedEvent, AttemptOutcome> outcome, TimeSpan? retryAfter = null)
    {
        var attempt = _underWay[which % _underWay.Count];
        _underWay.Remove(attempt);
        var said = outcome(attempt.Event!);
        if (said == AttemptOutcome.Delivered)
        {
            Taken.Add(attempt.Event!);
        }

        var row = _progress.End(attempt, $"evt_{attempt.Number}", new AttemptResult(said, new DeliveryAttempt(Now, 500, null, 1), retryAfter), Now, 0.5);
        if (row is not null)
        {
            _fresh[row.DeliveryId] = row;
        }
    }

    public int UnderWay => _underWay.Count;

    public void Commit()
    {
        var (kept, told) = _progress.Kept(Guid.NewGuid(), Now);
        for (var track = 0; track < Logs.Length; track++)
        {
            Assert.True(kept.Place.Done[track] >= Kept.Place.Done[track], "The place goes back.");
        }

        Kept = kept;
        _progress.Committed(kept);
        foreach (var (id, row) in _fresh)
        {
            Rows[id] = row;
        }

        _fresh.Clear();
        if (told is not null)
        {
            Told.Add(told);
        }
    }

    /// <summary>The process ends: what was not kept is forgotten.</summary>
    public void Crash()
    {
        _underWay.Clear();
        _fresh.Clear();
        _progress = New();
    }

    /// <summary>Its owner enables it, and a deliverer begins from that.</summary>
    public void Enable()
    {
        Kept = EndpointProgress.Enable(Kept, Guid.NewGuid(), Now);
        Crash();
    }

    /// <summary>Until nothing is left to do at any time.</summary>
    public void RunOut(Func<PlacedEvent, AttemptOutcome> outcome)
    {
        for (var i = 0; i < 10_000; i++)
        {
            Turn();
            if (_underWay.Count > 0)
            {
                Answer(0, outcome);
            }
            else if (_progress.NextAt() is { } next)
            {
                Now = next > Now ? next : Now.AddMilliseconds(1);
            }
            else
            {
                Commit();
                return;
            }
        }

        Assert.Fail("It never ends.");
    }

    private EndpointProgress New() => new(Kept, Schedule, 4);

    private List<PlacedEvent> After(int track, long after) => [.. Logs[track].Skip((int)Math.Max(after, First - 1)).Take(Page)];
}
