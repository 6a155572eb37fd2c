using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Events;
using Parley.Domain.Work;

namespace Parley.Domain.Sessions;

/// <summary>What webhooks make of a session.</summary>
public static class SessionRules
{
    /// <summary>An older state webhook than this is a gateway's clock that was set back, not a late webhook.</summary>
    public static readonly TimeSpan LateWebhook = TimeSpan.FromMinutes(30);

    /// <summary>Hidden ids that one line is known by; people have one, a change of number may bring another.</summary>
    private const int MostOwnLids = 16;

    /// <summary>Takes in one webhook.</summary>
    /// <param name="session">The session as it is kept; null = none yet.</param>
    /// <returns>The commit to make; null when nothing changes.</returns>
    public static SessionCommit? Observe(
        string tenantId, string sessionId, string instanceName, Session? session, SessionSignal signal, DateTimeOffset now)
    {
        var before = session;
        var transitions = ImmutableArray.CreateBuilder<SessionTransition>();
        var events = ImmutableArray.CreateBuilder<EventFacts>();
        var leaves = ImmutableArray.CreateBuilder<WorkItem>();
        if (session is null)
        {
            session = Begin(sessionId, instanceName, signal, now);
            events.Add(new EventFacts
            {
                Type = EventType.SessionCreated,
                Number = 1,
                At = now,
                SessionId = sessionId,
                CurrentSession = session.Status,
            });
            session = session with { EventNumber = 1 };
        }

        if (signal.Status is { } status)
        {
            var applied = IsTimely(before, signal);
            var changes = before is null || status != before.Status || signal.Reason != before.StatusReason;
            if (applied)
            {
                session = Apply(session, status, signal, now);
                if (before is not null && status != before.Status)
                {
                    session = session with { EventNumber = session.EventNumber + 1 };
                    events.Add(new EventFacts
                    {
                        Type = EventType.SessionStatusChanged,
                        Number = session.EventNumber,
                        At = now,
                        SessionId = sessionId,
                        PreviousSession = before.Status,
                        CurrentSession = status,
                        Reason = signal.Reason,
                    });
                }
            }

            if (changes)
            {
                session = session with { TransitionCount = session.TransitionCount + 1 };
                transitions.Add(new SessionTransition(
                    session.TransitionCount, before?.Status, status, signal.Reason, applied, signal.ReceivedAt));
            }
        }

        session = LearnNumber(session, signal, leaves);
        if (signal.OwnLid is { } lid && !session.OwnLids.Contains(lid) && session.OwnLids.Length < MostOwnLids)
        {
            session = session with { OwnLids = session.OwnLids.Add(lid) };
        }

        return session == before
            ? null
            : new SessionCommit
            {
                TenantId = tenantId,
                Session = session with { Version = session.Version + 1, UpdatedAt = now },
                Transitions = transitions.DrainToImmutable(),
                Events = events.DrainToImmutable(),
                Leaves = leaves.DrainToImmutable(),
            };
    }

    private static Session Begin(string sessionId, string instanceName, SessionSignal signal, DateTimeOffset now) => new()
    {
        SessionId = sessionId,
        InstanceName = instanceName,

        // A name that is heard of first by its messages belongs to a line that is up.
        Status = signal.Status ?? SessionStatus.Open,
        CreatedAt = now,
        UpdatedAt = now,
        ConnectedAt = signal.Status is null or SessionStatus.Open ? now : null,
    };

    /// <summary>Whether a state webhook is the latest word: what came late, or again from quarantine, is history only.</summary>
    private static bool IsTimely(Session? session, SessionSignal signal)
    {
        if (session is null)
        {
            return true;
        }

        if (signal.Replayed || session.DeletedByTenant || signal.ReceivedAt < session.StateReceivedAt)
        {
            return false;
        }

        return session.StateEnvelopeMs is not { } last
            || signal.EnvelopeMs is not { } sent
            || sent >= last
            || last - sent > LateWebhook.TotalMilliseconds;
    }

    private static Session Apply(Session session, SessionStatus status, SessionSignal signal, DateTimeOffset now) => session with
    {
        Status = status,
        StatusReason = signal.Reason,
        StateEnvelopeMs = signal.EnvelopeMs ?? session.StateEnvelopeMs,
        StateReceivedAt = signal.ReceivedAt,
        ConnectedAt = status == SessionStatus.Open && session.Status != SessionStatus.Open ? now : session.ConnectedAt,

        // An open names the phone that was really paired: it may be another than before.
        PhoneNumber = status == SessionStatus.Open && signal.PhoneNumber is not null && session.PhoneNumber is not null
            ? signal.PhoneNumber
            : session.PhoneNumber,
    };

    private static Session LearnNumber(Session session, SessionSignal signal, ImmutableArray<WorkItem>.Builder leaves)
    {
        if (session.PhoneNumber is not null || signal.PhoneNumber is not { } number)
        {
            return session;
        }

        leaves.Add(new SameParty(Address.OfSession(session.SessionId), number));
        return session with { PhoneNumber = number };
    }
}
