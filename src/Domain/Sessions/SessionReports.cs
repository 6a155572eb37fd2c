namespace Parley.Domain.Sessions;

/// <summary>What the finds of its keeper make of a session.</summary>
public static class SessionReports
{
    /// <summary>A gateway that starts has its instances in the database before it has them in memory, and says of them that there is none.</summary>
    public static readonly TimeSpan MissingFor = TimeSpan.FromMinutes(2);

    /// <summary>A line that is stuck again so soon after a restart is not helped by another one.</summary>
    public static readonly TimeSpan RestartHelps = TimeSpan.FromHours(1);

    /// <summary>When what was given up is tried anew, at a gateway that answers: meanwhile the line is looked after as any other.</summary>
    public static readonly TimeSpan ResumesAfter = TimeSpan.FromMinutes(10);

    /// <summary>A gateway that fails now and then is none of a person's affair.</summary>
    private const int TriesBeforeAttention = 3;

    /// <summary>Takes in one report.</summary>
    /// <returns>The commit to make; null when nothing changes.</returns>
    public static SessionCommit? Report(string tenantId, Session? session, SessionReport report, DateTimeOffset now)
    {
        if (session is null)
        {
            return null;
        }

        var draft = new SessionDraft(tenantId, session, session, now);
        switch (report.Kind)
        {
            case SessionReportKind.TaskDone:
                End(draft, report);
                break;
            case SessionReportKind.TaskFailed when session.Task is { } task && task.Number == report.TaskNumber:
                Fail(draft, task, report, now);
                break;
            case SessionReportKind.Calm:
                draft.Settle();
                break;
            case SessionReportKind.Claimed:
                draft.Session = session with { Claims = false };
                break;
            case var _ when session.DeletedByTenant:
                break;
            case SessionReportKind.NotHeard when session.IsRun:
                draft.ReadBack(report.At - SyncRun.Overlap);
                break;
            case SessionReportKind.Looked:
                Look(draft, report);
                break;
            case SessionReportKind.NotSeen when report.Code == Attention.InstanceMissing:
                Miss(draft, report, now);
                break;
            case SessionReportKind.NotSeen:
                AttendGateway(draft, report.Code);
                break;
            case SessionReportKind.Stuck when session.Task is null:
                Help(draft, report, now);
                break;
            case SessionReportKind.Closed when session is { Task: null, Status: SessionStatus.Close, DesiredStatus: SessionStatus.Open }:
                draft.Give(SessionTaskKind.Connect);
                break;
        }

        return draft.Commit();
    }

    /// <summary>A new instance in the place of one that is gone, or that was never made.</summary>
    internal static void Recreate(SessionDraft draft, FreshInstance fresh, string? phoneNumber, DateTimeOffset now)
    {
        draft.Session = draft.Session with
        {
            InstanceName = fresh.InstanceName,
            Secrets = fresh.Secrets,
            IsMade = false,
            MissingSince = null,

            // Another instance, perhaps another clock.
            StateEnvelopeMs = null,
            QrEnvelopeMs = null,
        };
        draft.Move(SessionStatus.Creating, "recreated", now);
        draft.Give(SessionTaskKind.Create, phoneNumber);
    }

    private static void End(SessionDraft draft, SessionReport report)
    {
        var session = draft.Session;
        if (session.Task is not { } task || task.Number != report.TaskNumber)
        {
            var isDeleting = session.Task is { Kind: SessionTaskKind.Delete } || (session.Task is null && !session.IsMade);
            if (report.TaskKind == SessionTaskKind.Create && session is { DeletedByTenant: true, IsAdopted: false } && isDeleting)
            {
                // It was made while it was being deleted: two keepers passed each other.
                draft.Give(SessionTaskKind.Delete);
            }

            return;
        }

        draft.Session = session with
        {
            Task = null,
            IsMade = task.Kind != SessionTaskKind.Delete && (session.IsMade || task.Kind == SessionTaskKind.Create),
        };
        if (Attention.EndsWithAnswer(session.NeedsAttention) || session.NeedsAttention == Attention.GatewayRefused)
        {
            draft.Attend(null);
        }

        if (report.Code == Attention.WebhookLost)
        {
            draft.Attend(Attention.WebhookLost);
            if (task is { Takes: true })
            {
                // The rest of it is done.
                draft.Give(SessionTaskKind.TakeWebhook);
            }
        }
        else if (task.TakesWebhook && draft.Session.NeedsAttention == Attention.WebhookLost)
        {
            draft.Attend(null);
        }

        if (task.Kind == SessionTaskKind.Create && session.Status == SessionStatus.Creating)
        {
            draft.Move(SessionStatus.Connecting, "created", report.At);
        }

        draft.Keep();
    }

    private static void Fail(SessionDraft draft, SessionTask task, SessionReport report, DateTimeOffset now)
    {
        var tries = task.Tries + 1;
        var tried = task with { Tries = tries, TriedAt = now, Fault = report.Code };
        draft.Session = draft.Session with
        {
            Task = report.Final ? null : tried,
            GivenUp = report.Final ? tried : null,
        };
        if (report.Code == Attention.InstanceMissing)
        {
            draft.Session = draft.Session with { MissingSince = draft.Session.MissingSince ?? report.At };
        }

        if (draft.Session.DeletedByTenant)
        {
            return;
        }

        if (report.Code == Attention.GatewayRefused)
        {
            draft.Attend(report.Code);
        }
        else if (report.Final && task.Kind == SessionTaskKind.TakeWebhook && report.Code != Attention.InstanceMissing)
        {
            // The next answer of the gateway does not make the instance post here.
            AttendGateway(draft, Attention.WebhookLost);
        }
        else if (report.Final || report.Code == Attention.GatewayUnauthorized || tries >= TriesBeforeAttention)
        {
            AttendGateway(draft, report.Code);
        }
    }

    private static void Look(SessionDraft draft, SessionReport report)
    {
        draft.Session = draft.Session with { MissingSince = null };
        if (Attention.EndsWithAnswer(draft.Session.NeedsAttention))
        {
            draft.Attend(null);
        }

        if (draft.Session is { Task: null, GivenUp: { Fault: not Attention.GatewayRefused } given } && report.At - given.TriedAt >= ResumesAfter)
        {
            Resume(draft, given);
        }

        var session = draft.Session;

        // What a webhook told while the gateway was being asked is newer than the answer.
        if (report.Status is not { } status || status == session.Status || session.StateReceivedAt >= report.At)
        {
            return;
        }

        draft.Session = session with { StateReceivedAt = report.At };
        draft.Move(status, "polled", report.At);
        if (status == SessionStatus.Open && Attention.EndsWithOpen(session.NeedsAttention))
        {
            draft.Attend(null);
        }
    }

    /// <summary>A gateway that failed for long is there again: what nobody would ask for once more is done all the same.</summary>
    private static void Resume(SessionDraft draft, SessionTask given)
    {
        if (given.Kind == SessionTaskKind.LogOut && draft.Session.DesiredStatus == SessionStatus.Close && !(draft.Session.ConnectedAt > given.TriedAt))
        {
            draft.Give(SessionTaskKind.LogOut);
        }
        else if (given.TakesWebhook)
        {
            draft.Give(SessionTaskKind.TakeWebhook);
        }
    }

    /// <summary>What else a person must do is left to do when the gateway is there again.</summary>
    private static void AttendGateway(SessionDraft draft, string? code)
    {
        if (draft.Session.NeedsAttention is null || Attention.EndsWithAnswer(draft.Session.NeedsAttention))
        {
            draft.Attend(code);
        }
    }

    private static void Miss(SessionDraft draft, SessionReport report, DateTimeOffset now)
    {
        var since = draft.Session.MissingSince ?? report.At;
        draft.Session = draft.Session with { MissingSince = since };
        if (report.At - since < MissingFor)
        {
            return;
        }

        draft.Session = draft.Session with { IsMade = draft.Session.IsAdopted };
        if (draft.Session.Status != SessionStatus.Destroyed)
        {
            draft.Move(SessionStatus.Destroyed, Attention.InstanceMissing, now);
        }

        // One that nobody ever paired was cleared away by the gateway: another would be, too.
        if (report.Fresh is { } fresh && draft.Session is { IsAdopted: false, DesiredStatus: SessionStatus.Open, ConnectedAt: not null, Task: null })
        {
            Recreate(draft, fresh, null, now);
            return;
        }

        draft.Attend(Attention.InstanceMissing);
    }

    private static void Help(SessionDraft draft, SessionReport report, DateTimeOffset now)
    {
        if (draft.Session.RestartedAt is { } last && now - last < RestartHelps)
        {
            if (draft.Session.NeedsAttention is null || Attention.IsOfLine(draft.Session.NeedsAttention))
            {
                draft.Attend(report.Code);
            }

            return;
        }

        draft.Session = draft.Session with { RestartedAt = now };
        draft.Give(SessionTaskKind.Restart);
    }
}
