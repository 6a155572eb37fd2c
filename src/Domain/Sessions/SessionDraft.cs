using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Events;
using Parley.Domain.Work;

namespace Parley.Domain.Sessions;

/// <summary>A session while one decision changes it: gathers its transitions, events and to-dos.</summary>
internal sealed class SessionDraft(string tenantId, Session? before, Session session, DateTimeOffset now)
{
    private readonly ImmutableArray<SessionTransition>.Builder _transitions = ImmutableArray.CreateBuilder<SessionTransition>();
    private readonly ImmutableArray<EventFacts>.Builder _events = ImmutableArray.CreateBuilder<EventFacts>();
    private readonly ImmutableArray<WorkItem>.Builder _leaves = ImmutableArray.CreateBuilder<WorkItem>();

    public Session Session { get; set; } = session;

    /// <summary>What happens now is told when it is over.</summary>
    private bool IsInStorm => Session.Pace is { Folded: > 0 } pace && now - pace.Since < SessionPace.Window && now >= pace.Since;

    /// <summary>A session that was not there: the first of its events.</summary>
    public static SessionDraft Begin(string tenantId, Session session, DateTimeOffset now)
    {
        var draft = new SessionDraft(tenantId, null, session, now);
        draft.Tell(new EventFacts { Type = EventType.SessionCreated, Number = 0, At = now, CurrentSession = session.Status });
        return draft;
    }

    /// <summary>Moves it to a state. In a storm the state follows, and neither history nor events grow.</summary>
    /// <param name="at">When it was told.</param>
    public void Move(SessionStatus status, string? reason, DateTimeOffset at)
    {
        var from = Session.Status;
        var changes = status != from;
        var isNew = changes || reason != Session.StatusReason;
        if (changes)
        {
            Miss(from, status);
        }

        Session = Session with
        {
            Status = status,
            StatusReason = reason,
            ConnectedAt = changes && status == SessionStatus.Open ? now : Session.ConnectedAt,
            ComesUpSince = status switch
            {
                SessionStatus.Connecting => Session.ComesUpSince ?? now,

                // A gateway whose connections are lost at once shows both, in turn.
                SessionStatus.Close => Session.ComesUpSince,
                _ => null,
            },
        };
        if (!isNew || !Passes(from))
        {
            return;
        }

        Note(from, status, reason, applied: true, at);
        var told = Session.Pace!.Told;
        Session = Session with { Pace = Session.Pace with { Told = null } };
        TellStatus(told ?? from, reason);
        if (told is not null)
        {
            TellAttention();
        }

        if (changes && Session is { IsRun: true, DesiredStatus: not null })
        {
            Keep();
        }
    }

    /// <summary>What came while it was not open may have been lost on the way: when it opens again, it is read from the gateway.</summary>
    private void Miss(SessionStatus from, SessionStatus status)
    {
        if (from == SessionStatus.Open)
        {
            Session = Session with { LostAt = now };
        }
        else if (status == SessionStatus.Open)
        {
            if (Session.IsRun && (Session.LostAt - SyncRun.Overlap ?? Session.Missed?.Since) is { } since)
            {
                ReadBack(since);
            }

            Session = Session with { LostAt = null };
        }
    }

    /// <summary>Has all read from the gateway that it has since then, and since whatever is not read yet: the to-do is one for all gaps.</summary>
    public void ReadBack(DateTimeOffset since)
    {
        since = Session.Missed is { } missed && missed.Since < since ? missed.Since : since;
        Session = Session with { Missed = new Missed(since, now), HeardAgainAt = now };
        Leave(new SyncLine(Session.SessionId, since) { LeftAt = now });
    }

    /// <summary>Adds a row to its history.</summary>
    public void Note(SessionStatus? from, SessionStatus to, string? reason, bool applied, DateTimeOffset at)
    {
        Session = Session with { TransitionCount = Session.TransitionCount + 1 };
        _transitions.Add(new SessionTransition(Session.TransitionCount, from, to, reason, applied, at));
    }

    /// <summary>Tells what a storm kept back, once it is over.</summary>
    public void Settle()
    {
        if (Session.Pace is not { Folded: > 0 } pace || now - pace.Since < SessionPace.Window)
        {
            return;
        }

        Session = Session with { Pace = new SessionPace(now, 1) };
        Note(pace.Told, Session.Status, $"{Session.StatusReason} ({pace.Folded} changes in a storm)".TrimStart(), applied: true, now);
        TellStatus(pace.Told ?? Session.Status, Session.StatusReason);
        TellAttention();
    }

    /// <summary>Sets or clears what a person must do.</summary>
    public void Attend(string? code)
    {
        if (Session.NeedsAttention == code)
        {
            return;
        }

        Session = Session with { NeedsAttention = code };
        if (!IsInStorm)
        {
            TellAttention();
        }
    }

    /// <summary>A fresh QR code can be fetched.</summary>
    public void TellQr(DateTimeOffset at, DateTimeOffset expiresAt)
    {
        if (!IsInStorm)
        {
            Tell(new EventFacts { Type = EventType.SessionQrUpdated, Number = 0, At = at, ExpiresAt = expiresAt });
        }
    }

    /// <param name="facts">Its number and its session are set here.</param>
    public void Tell(EventFacts facts)
    {
        Session = Session with { EventNumber = Session.EventNumber + 1 };
        _events.Add(facts with { Number = Session.EventNumber, SessionId = Session.SessionId });
    }

    public void Give(SessionTaskKind kind, string? phoneNumber = null, bool anew = false)
    {
        // An instance whose webhook is not set never posts here, and nobody would notice.
        var takes = kind is SessionTaskKind.Connect or SessionTaskKind.Restart or SessionTaskKind.LogOut
            && (Session.Task ?? Session.GivenUp) is { TakesWebhook: true };
        Session = Session with
        {
            Task = new SessionTask(kind, Session.TaskCount + 1, phoneNumber, Anew: anew, Takes: takes),
            TaskCount = Session.TaskCount + 1,
            GivenUp = null,

            // It has a new chance.
            ComesUpSince = kind is SessionTaskKind.Connect or SessionTaskKind.Restart ? now : Session.ComesUpSince,
        };
        Keep();
    }

    /// <summary>Wakes its keeper.</summary>
    public void Keep()
    {
        var item = new KeepLine(Session.SessionId);
        if (!_leaves.Contains(item))
        {
            _leaves.Add(item);
        }
    }

    public void Leave(WorkItem item) => _leaves.Add(item);

    /// <summary>Fills a gap: the stand-in and the number are one party.</summary>
    public void LearnNumber(Address? number)
    {
        if (Session.PhoneNumber is null && number is { } known)
        {
            Leave(new SameParty(Address.OfSession(Session.SessionId), known));
            Session = Session with { PhoneNumber = known };
        }
    }

    /// <summary>The gateway names the phone that is paired: it may be another than before.</summary>
    public void Pair(Address? paired)
    {
        if (paired is { } number && Session.PhoneNumber is { } former)
        {
            var isAnother = number.Canonical != former.Canonical;
            Session = Session with
            {
                PhoneNumber = number,

                // Those are of the phone that was paired before: its owner is somebody else now, and what it missed is none of this one's.
                OwnLids = isAnother ? [] : Session.OwnLids,
                LostAt = isAnother ? null : Session.LostAt,
                Missed = isAnother ? null : Session.Missed,
            };
        }

        LearnNumber(paired);
    }

    /// <returns>Null when nothing changed.</returns>
    public SessionCommit? Commit() => Session == before
        ? null
        : new SessionCommit
        {
            TenantId = tenantId,
            Session = Session with { Version = Session.Version + 1, UpdatedAt = now },
            Transitions = _transitions.DrainToImmutable(),
            Events = _events.DrainToImmutable(),
            Leaves = _leaves.DrainToImmutable(),
        };

    private void TellAttention() =>
        Tell(new EventFacts { Type = EventType.SessionAttention, Number = 0, At = now, Attention = Session.NeedsAttention });

    private void TellStatus(SessionStatus told, string? reason)
    {
        if (told != Session.Status)
        {
            Tell(new EventFacts
            {
                Type = EventType.SessionStatusChanged,
                Number = 0,
                At = now,
                PreviousSession = told,
                CurrentSession = Session.Status,
                Reason = reason,
            });
        }
    }

    /// <summary>Counts one change.</summary>
    /// <param name="from">The status before it.</param>
    /// <returns>False when it is one too many.</returns>
    private bool Passes(SessionStatus from)
    {
        if (Session.Pace is not { } pace || now - pace.Since >= SessionPace.Window || now < pace.Since)
        {
            Session = Session with { Pace = new SessionPace(now, 1, Told: Session.Pace?.Told) };
            return true;
        }

        if (pace.Changes < SessionPace.MostChanges)
        {
            Session = Session with { Pace = pace with { Changes = pace.Changes + 1 } };
            return true;
        }

        Session = Session with { Pace = pace with { Folded = pace.Folded + 1, Told = pace.Told ?? from } };
        if (pace.Folded == 0)
        {
            Keep();
        }

        return false;
    }
}
