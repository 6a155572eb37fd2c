using Parley.Domain.Addresses;
using Parley.Domain.Events;
using Parley.Domain.Sessions;
using Parley.Domain.Work;

namespace Parley.Domain.Tests.Sessions;

/// <summary>A session through its life: every commit is held against what must hold of each.</summary>
internal sealed class SessionRun
{
    public const string Tenant = "acme";
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now { get; set; } = Start;

    public Session? Session { get; private set; }

    public List<SessionTransition> Transitions { get; } = [];

    public List<EventFacts> Events { get; } = [];

    public List<WorkItem> Left { get; } = [];

    public static SessionPlan Plan(string instance = "p-1") =>
        new() { GatewayId = "main", InstanceName = instance, Secrets = "s", TokenId = "t", TokenHint = "hint" };

    /// <summary>A session that was made here, whose instance is there and open.</summary>
    public static SessionRun Opened()
    {
        var run = new SessionRun();
        run.Create();
        run.Done();
        run.State(SessionStatus.Open);
        run.Now += TimeSpan.FromMinutes(5);
        return run;
    }

    public SessionOutcome Create(SessionPlan? plan = null) => Take(SessionCommands.Create(Tenant, "shop", Session, plan ?? Plan(), Now));

    public SessionOutcome Adopt(SessionPlan? plan = null) =>
        Take(SessionCommands.Adopt(Tenant, "shop", Session, plan ?? Plan("line") with { Status = SessionStatus.Open }, Now));

    public SessionOutcome Command(SessionCommandKind kind, FreshInstance? fresh = null, string? phoneNumber = null) =>
        Take(SessionCommands.Command(Tenant, Session, new SessionCommand { Kind = kind, Fresh = fresh, PhoneNumber = phoneNumber }, Now));

    public void State(SessionStatus status, string? reason = null, long? envelopeMs = null, bool qr = false) => Take(SessionRules.Observe(
        Tenant,
        "shop",
        Session?.InstanceName ?? "shop",
        Session,
        new SessionSignal
        {
            Status = status,
            Reason = reason,
            EnvelopeMs = envelopeMs,
            ReceivedAt = Now,
            QrExpiresAt = qr ? Now.AddMinutes(1) : null,
        },
        Now));

    /// <summary>A webhook shows a hidden id of the line itself.</summary>
    public void Learn(Address ownLid) => Take(SessionRules.Observe(
        Tenant, "shop", Session!.InstanceName, Session, new SessionSignal { OwnLid = ownLid, ReceivedAt = Now, Traffic = true }, Now));

    public void Report(SessionReport report) => Take(SessionReports.Report(Tenant, Session, report, Now));

    public void Attend(string code) => Take(SessionCommands.Attend(Tenant, Session, code, Now));

    /// <summary>The task that waits is done.</summary>
    /// <param name="code">What is wrong all the same.</param>
    public void Done(string? code = null) => Report(new SessionReport
    {
        Kind = SessionReportKind.TaskDone,
        Code = code,
        At = Now,
        TaskNumber = Session!.Task!.Number,
        TaskKind = Session.Task.Kind,
    });

    public void Failed(string code, bool final = false) => Report(new SessionReport
    {
        Kind = SessionReportKind.TaskFailed,
        At = Now,
        TaskNumber = Session!.Task!.Number,
        Code = code,
        Final = final,
    });

    /// <summary>A run that read what was missed, and began when the clock says.</summary>
    public void Sync(DateTimeOffset since, SyncStatus status = SyncStatus.Done) =>
        Take(SessionSyncs.Note(Tenant, Session!, new SyncRun(Guid.NewGuid(), since, Now, status, Now), Now));

    /// <summary>Since when the last to-do reads back.</summary>
    public DateTimeOffset? ReadsSince => Left.OfType<SyncLine>().LastOrDefault()?.Since;

    private SessionOutcome Take(SessionDecision decision)
    {
        Take(decision.Commit);
        return decision.Outcome;
    }

    private void Take(SessionCommit? commit)
    {
        if (commit is null)
        {
            return;
        }

        Assert.Equal((Session?.Version ?? 0) + 1, commit.Session.Version);
        Transitions.AddRange(commit.Transitions);
        Events.AddRange(commit.Events);
        Left.AddRange(commit.Leaves);
        Assert.Equal(Enumerable.Range(1, Transitions.Count).Select(static n => (long)n), Transitions.Select(static t => t.Number));
        Assert.Equal(Enumerable.Range(1, Events.Count).Select(static n => (long)n), Events.Select(static e => e.Number));
        Assert.Equal((Transitions.Count, Events.Count), (commit.Session.TransitionCount, commit.Session.EventNumber));
        Assert.All(Events, static e => Assert.Equal("shop", e.SessionId));
        Session = commit.Session;
    }
}
