using Parley.Domain.Events;

namespace Parley.Domain.Sessions;

/// <summary>What people make of a session. What is to happen at the gateway becomes its task: nothing here waits for one.</summary>
public static class SessionCommands
{
    /// <summary>A session of a new instance, which its keeper creates.</summary>
    public static SessionDecision Create(string tenantId, string sessionId, Session? session, SessionPlan plan, DateTimeOffset now)
    {
        if (session is not null)
        {
            // The name is unguessable: it can only be the same call again.
            return new SessionDecision(session.InstanceName == plan.InstanceName ? SessionOutcome.Done : SessionOutcome.Exists);
        }

        var draft = SessionDraft.Begin(tenantId, Begin(sessionId, plan, SessionStatus.Creating, now), now);
        draft.Note(null, SessionStatus.Creating, "created", applied: true, now);
        draft.Give(SessionTaskKind.Create, plan.PhoneNumber);
        return Done(draft);
    }

    /// <summary>A session of an instance that is there. Its pairing is not touched.</summary>
    public static SessionDecision Adopt(string tenantId, string sessionId, Session? session, SessionPlan plan, DateTimeOffset now)
    {
        if (session is null)
        {
            var status = plan.Status ?? SessionStatus.Close;
            var begun = SessionDraft.Begin(tenantId, Begin(sessionId, plan, status, now), now);
            begun.Note(null, status, "adopted", applied: true, now);
            begun.LearnNumber(plan.Line);
            return Take(begun, plan, now);
        }

        // What was made here is run already, an instance of another gateway is another line, and what is being detached is not free yet.
        if (session.InstanceName != plan.InstanceName
            || (session.IsRun && !session.IsAdopted)
            || (session is { IsRun: true, DeletedByTenant: false } && session.GatewayId != plan.GatewayId)
            || (session.DeletedByTenant && (!session.IsAdopted || session.Task is not null)))
        {
            return new SessionDecision(SessionOutcome.Exists);
        }

        if (session is { IsAdopted: true, DeletedByTenant: false } && (session.Secrets is not null || plan.Secrets is null))
        {
            return new SessionDecision(SessionOutcome.Done);
        }

        var draft = new SessionDraft(tenantId, session, session, now)
        {
            Session = session with { DeletedByTenant = false, GatewayId = plan.GatewayId },
        };
        draft.Pair(plan.Line);
        if (plan.Status is { } known)
        {
            draft.Move(known, "adopted", now);
        }

        if (session.DeletedByTenant)
        {
            draft.Tell(new EventFacts { Type = EventType.SessionCreated, Number = 0, At = now, CurrentSession = draft.Session.Status });
        }

        return Take(draft, plan, now);
    }

    /// <summary>What a tenant asks.</summary>
    public static SessionDecision Command(string tenantId, Session? session, SessionCommand command, DateTimeOffset now)
    {
        if (session is null or { DeletedByTenant: true })
        {
            return new SessionDecision(SessionOutcome.Missing);
        }

        var draft = new SessionDraft(tenantId, session, session, now);
        switch (command.Kind)
        {
            case SessionCommandKind.Update:
                draft.Session = session with
                {
                    Settings = command.Change?.Over(session.Settings) ?? command.Settings ?? session.Settings,
                    Metadata = command.Metadata ?? session.Metadata,
                };
                if (draft.Session != session)
                {
                    draft.Tell(new EventFacts { Type = EventType.SessionUpdated, Number = 0, At = now });
                }

                return Done(draft);
            case SessionCommandKind.Detach or SessionCommandKind.Delete:
                End(draft, command.Kind == SessionCommandKind.Delete, now);
                return Done(draft);
            case var _ when !session.IsRun:
                return new SessionDecision(SessionOutcome.NotRun);
            case SessionCommandKind.Connect:
                Connect(draft, command, now);
                return Done(draft);
            case SessionCommandKind.Restart:
                draft.Session = session with { DesiredStatus = SessionStatus.Open };
                draft.Attend(null);
                if (session.Task is not { Kind: SessionTaskKind.Create })
                {
                    draft.Give(SessionTaskKind.Restart);
                }

                return Done(draft);
            default:
                draft.Session = session with { DesiredStatus = SessionStatus.Close };
                draft.Attend(null);
                draft.Give(SessionTaskKind.LogOut);
                return Done(draft);
        }
    }

    /// <summary>A person must look after the session.</summary>
    /// <param name="code">One of <see cref="Attention"/>.</param>
    public static SessionDecision Attend(string tenantId, Session? session, string code, DateTimeOffset now)
    {
        if (session is null or { DeletedByTenant: true })
        {
            return new SessionDecision(SessionOutcome.Missing);
        }

        var draft = new SessionDraft(tenantId, session, session, now);
        draft.Attend(code);
        return Done(draft);
    }

    private static SessionDecision Done(SessionDraft draft) => new(SessionOutcome.Done, draft.Commit());

    private static Session Begin(string sessionId, SessionPlan plan, SessionStatus status, DateTimeOffset now) => new()
    {
        SessionId = sessionId,
        GatewayId = plan.GatewayId,
        InstanceName = plan.InstanceName,
        Status = status,
        DesiredStatus = SessionStatus.Open,
        Settings = plan.Settings,
        Metadata = plan.Metadata,
        Secrets = plan.Secrets,
        TokenId = plan.TokenId,
        TokenHint = plan.TokenHint,
        CreatedAt = now,
        UpdatedAt = now,
        ConnectedAt = status == SessionStatus.Open ? now : null,
    };

    private static SessionDecision Take(SessionDraft draft, SessionPlan plan, DateTimeOffset now)
    {
        draft.Session = draft.Session with
        {
            IsAdopted = true,
            IsMade = true,
            Claims = true,
            IsUnacknowledged = plan.IsUnacknowledged,
            DesiredStatus = SessionStatus.Open,
            Secrets = plan.Secrets,
            TokenId = plan.TokenId,
            TokenHint = plan.TokenHint,
        };
        if (plan.Secrets is not null)
        {
            draft.Give(SessionTaskKind.TakeWebhook);
        }

        if (plan.HistorySince is { } since)
        {
            draft.ReadBack(since);
        }

        draft.Keep();
        return Done(draft);
    }

    private static void Connect(SessionDraft draft, SessionCommand command, DateTimeOffset now)
    {
        var session = draft.Session;
        var anew = command.PhoneNumber is not null && session is { Status: SessionStatus.Connecting, NeedsAttention: Attention.ScanQr };
        draft.Session = session with { DesiredStatus = SessionStatus.Open };
        draft.Attend(null);
        var isGone = session.Status == SessionStatus.Destroyed && !session.IsAdopted;
        if (session.Task is { Kind: SessionTaskKind.Create })
        {
            draft.Give(SessionTaskKind.Create, command.PhoneNumber, anew);
        }
        else if ((isGone || !session.IsMade) && command.Fresh is { } fresh)
        {
            SessionReports.Recreate(draft, fresh, command.PhoneNumber, now);
        }
        else if (session.Status != SessionStatus.Open || session.Task is { Kind: SessionTaskKind.LogOut })
        {
            // In the place of a logout that waits: the last word counts. Its keeper may be at it already, then the line is connected again.
            draft.Give(SessionTaskKind.Connect, command.PhoneNumber, anew);
        }
    }

    private static void End(SessionDraft draft, bool deletes, DateTimeOffset now)
    {
        var from = draft.Session.Status;
        draft.Session = draft.Session with
        {
            Status = SessionStatus.Destroyed,
            DesiredStatus = SessionStatus.Destroyed,
            StatusReason = "deleted",
            DeletedByTenant = true,
            NeedsAttention = null,
            Claims = false,
            Task = null,
        };
        draft.Note(from, SessionStatus.Destroyed, "deleted", applied: true, now);
        draft.Tell(new EventFacts
        {
            Type = EventType.SessionDeleted,
            Number = 0,
            At = now,
            PreviousSession = from,
            CurrentSession = SessionStatus.Destroyed,
            Reason = "deleted",
        });
        if (draft.Session.IsRun)
        {
            draft.Give(deletes ? SessionTaskKind.Delete : SessionTaskKind.Detach);
        }
    }
}
