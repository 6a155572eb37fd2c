namespace Parley.Domain.Sessions;

/// <summary>What webhooks make of a session. What the gateway reports wins over what was asked for.</summary>
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
        var draft = session is null
            ? SessionDraft.Begin(tenantId, Begin(sessionId, instanceName, signal, now), now)
            : new SessionDraft(tenantId, session, session, now);
        if (signal.Status is { } status)
        {
            var applied = IsTimely(session, signal);
            if (session is null)
            {
                Apply(draft, signal);
                draft.Note(null, status, signal.Reason, applied, signal.ReceivedAt);
                draft.Session = draft.Session with { StatusReason = signal.Reason };
            }
            else if (applied)
            {
                Apply(draft, signal);
                draft.Move(status, signal.Reason, signal.ReceivedAt);
            }
            else if (status != session.Status || signal.Reason != session.StatusReason)
            {
                draft.Note(session.Status, status, signal.Reason, applied: false, signal.ReceivedAt);
            }

            if (applied)
            {
                Attend(draft, signal);
            }

            ShowQr(draft, signal);
        }

        draft.LearnNumber(signal.PhoneNumber);
        if (ShowsAnotherPhone(draft.Session, signal))
        {
            // The open that told of it was lost. What the former phone's webhooks still tell late is older than this.
            draft.Session = draft.Session with { StateEnvelopeMs = signal.EnvelopeMs };
            draft.Pair(signal.PhoneNumber);
        }

        // An old message may be of another phone, which was paired then.
        var isOfPhone = !signal.Replayed || (signal.PhoneNumber is { } own && own.Canonical == draft.Session.PhoneNumber?.Canonical);
        if (signal.OwnLid is { } lid && isOfPhone && !draft.Session.OwnLids.Contains(lid) && draft.Session.OwnLids.Length < MostOwnLids)
        {
            draft.Session = draft.Session with { OwnLids = draft.Session.OwnLids.Add(lid) };
        }

        return draft.Commit();
    }

    /// <summary>Whether a webhook of an open line is of another phone than the one that is known. A gateway names the former one until its line is open,
    /// and in what it tells late. Of a session that Parley does not run, several gateways may tell, each of a line of its own.</summary>
    public static bool ShowsAnotherPhone(Session session, SessionSignal signal) =>
        session is { IsRun: true, Status: SessionStatus.Open, PhoneNumber: { } known, StateEnvelopeMs: { } state }
        && signal is { Status: null, Replayed: false, PhoneNumber: { } shown, EnvelopeMs: { } sent }
        && shown.Canonical != known.Canonical
        && sent >= state;

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

    private static void Apply(SessionDraft draft, SessionSignal signal)
    {
        var session = draft.Session;
        draft.Session = session with
        {
            StateEnvelopeMs = signal.EnvelopeMs ?? session.StateEnvelopeMs,
            StateReceivedAt = signal.ReceivedAt,
            MissingSince = signal.Status == SessionStatus.Destroyed ? session.MissingSince : null,
        };
        if (signal.Status == SessionStatus.Open)
        {
            draft.Pair(signal.PhoneNumber);
        }
    }

    /// <summary>A code belongs to a line that is connecting. It is posted beside the state and may overtake it: that it was received before
    /// the last applied one says nothing.</summary>
    private static void ShowQr(SessionDraft draft, SessionSignal signal)
    {
        var session = draft.Session;
        if (signal.QrExpiresAt is not { } expiresAt || signal.Replayed || session is { DeletedByTenant: true } or { Status: not SessionStatus.Connecting })
        {
            return;
        }

        draft.Attend(Attention.ScanQr);
        if (signal.EnvelopeMs is null || signal.EnvelopeMs != session.QrEnvelopeMs)
        {
            draft.Session = draft.Session with { QrEnvelopeMs = signal.EnvelopeMs };
            draft.TellQr(signal.ReceivedAt, expiresAt);
        }
    }

    /// <summary>What a person must do, now that the gateway reports this.</summary>
    private static void Attend(SessionDraft draft, SessionSignal signal)
    {
        var (session, code) = (draft.Session, draft.Session.NeedsAttention);
        var isWanted = session.DesiredStatus is null or SessionStatus.Open;
        draft.Attend(signal.Status switch
        {
            SessionStatus.Open => Attention.EndsWithOpen(code) ? null : code,
            SessionStatus.Close when !isWanted => code is Attention.ScanQr or Attention.LoggedOut ? null : code,
            SessionStatus.Close when IsLoggedOut(signal.Reason) => Attention.LoggedOut,
            SessionStatus.Close when IsEndOfQr(signal.Reason) => Attention.ScanQr,
            SessionStatus.Destroyed when session is { IsRun: true, DesiredStatus: SessionStatus.Open } => Attention.InstanceMissing,
            _ => code,
        });
    }

    /// <summary>401 logged out, 403 forbidden, 411 other devices (Baileys' DisconnectReason), or the gateway's own word.</summary>
    internal static bool IsLoggedOut(string? reason) => reason is "401" or "403" or "411" or "logout";

    /// <summary>Nobody scanned a code of the series.</summary>
    internal static bool IsEndOfQr(string? reason) =>
        reason is "refused" || reason?.Contains("QR code limit", StringComparison.OrdinalIgnoreCase) == true;
}
