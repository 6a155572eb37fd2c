using Parley.Domain.Events;
using Parley.Domain.Sessions;

namespace Parley.Domain.Tests.Sessions;

public sealed class SessionReportTests
{
    private readonly SessionRun _run = new();

    [Fact]
    public void a_report_about_an_older_task_changes_nothing()
    {
        _run.Create();
        _run.Command(SessionCommandKind.Connect);
        var task = _run.Session!.Task;
        _run.Report(new SessionReport { Kind = SessionReportKind.TaskDone, At = _run.Now, TaskNumber = task!.Number - 1, TaskKind = SessionTaskKind.Create });
        Assert.Equal(task, _run.Session.Task);
        _run.Done();
        Assert.Null(_run.Session.Task);
        var version = _run.Session.Version;
        _run.Report(new SessionReport { Kind = SessionReportKind.TaskDone, At = _run.Now, TaskNumber = task.Number, TaskKind = SessionTaskKind.Create });
        Assert.Equal(version, _run.Session.Version);
    }

    [Fact]
    public void an_instance_that_was_made_while_it_was_deleted_is_deleted_once_more()
    {
        _run.Create();
        var create = _run.Session!.Task!;
        _run.Command(SessionCommandKind.Delete);
        _run.Done();
        Assert.Null(_run.Session!.Task);
        _run.Report(new SessionReport { Kind = SessionReportKind.TaskDone, At = _run.Now, TaskNumber = create.Number, TaskKind = create.Kind });
        Assert.Equal(SessionTaskKind.Delete, _run.Session.Task!.Kind);
    }

    [Theory]
    [InlineData(Attention.GatewayUnreachable, true)]
    [InlineData(Attention.InstanceMissing, true)]
    [InlineData(Attention.GatewayRefused, false)]
    public void what_was_given_up_while_the_gateway_failed_is_done_when_it_answers_again(string fault, bool again)
    {
        _run.Adopt();
        _run.Failed(fault, final: true);
        Looked(_run, SessionStatus.Open);
        Assert.Null(_run.Session!.Task);
        _run.Now += SessionReports.ResumesAfter;
        Looked(_run, SessionStatus.Open);
        Assert.Equal(again ? SessionTaskKind.TakeWebhook : null, _run.Session!.Task?.Kind);

        var run = SessionRun.Opened();
        run.Command(SessionCommandKind.LogOut);
        run.Failed(fault, final: true);
        run.Now += SessionReports.ResumesAfter;
        Looked(run, SessionStatus.Open);
        Assert.Equal(again ? SessionTaskKind.LogOut : null, run.Session!.Task?.Kind);

        // Of others a person has been told, and the line's own state tells the keeper what to do.
        run = SessionRun.Opened();
        run.Command(SessionCommandKind.Restart);
        run.Failed(fault, final: true);
        run.Now += SessionReports.ResumesAfter;
        Looked(run, SessionStatus.Open);
        Assert.Null(run.Session!.Task);
    }

    /// <summary>Whoever paired it anew at the gateway wants it.</summary>
    [Fact]
    public void a_logout_that_was_given_up_does_not_end_a_later_pairing()
    {
        var run = SessionRun.Opened();
        run.Command(SessionCommandKind.LogOut);
        run.Failed(Attention.GatewayUnreachable, final: true);
        run.Now += TimeSpan.FromMinutes(1);
        run.State(SessionStatus.Close);
        run.State(SessionStatus.Open);
        run.Now += SessionReports.ResumesAfter;
        Looked(run, SessionStatus.Open);

        Assert.Null(run.Session!.Task);
    }

    [Fact]
    public void an_instance_that_does_not_post_here_says_so_until_it_does()
    {
        _run.Adopt();
        _run.Failed(Attention.GatewayUnreachable, final: true);
        Looked(_run, SessionStatus.Open);
        Assert.Equal(Attention.WebhookLost, _run.Session!.NeedsAttention);

        // What is asked for meanwhile is done; the webhook is still to be taken.
        _run.Command(SessionCommandKind.Restart);
        Assert.True(_run.Session.Task!.TakesWebhook);
        _run.Done(Attention.WebhookLost);
        Assert.Equal((Attention.WebhookLost, SessionTaskKind.TakeWebhook), (_run.Session.NeedsAttention, _run.Session.Task!.Kind));
        _run.Failed(Attention.GatewayUnreachable, final: true);
        Looked(_run, SessionStatus.Open);
        Assert.Equal((Attention.WebhookLost, null), (_run.Session.NeedsAttention, _run.Session.Task));

        _run.Now += SessionReports.ResumesAfter;
        Looked(_run, SessionStatus.Open);
        Assert.Equal(SessionTaskKind.TakeWebhook, _run.Session.Task?.Kind);
        _run.Done();
        Assert.Null(_run.Session.NeedsAttention);
    }

    [Theory]
    [InlineData(Attention.WrongRecipient)]
    [InlineData(Attention.WebhookLost)]
    public void what_does_not_end_with_the_line_is_not_forgotten_over_its_troubles(string code)
    {
        var run = SessionRun.Opened();
        run.Attend(code);
        run.State(SessionStatus.Close);
        run.Report(new SessionReport { Kind = SessionReportKind.Closed, At = run.Now });
        run.Failed(Attention.GatewayUnreachable);
        run.Failed(Attention.GatewayUnreachable);
        run.Failed(Attention.GatewayUnreachable);
        run.Failed(Attention.GatewayUnreachable, final: true);
        Looked(run, SessionStatus.Close);
        run.Report(new SessionReport { Kind = SessionReportKind.Stuck, At = run.Now, Code = Attention.CannotConnect });
        run.Done();
        run.Report(new SessionReport { Kind = SessionReportKind.Stuck, At = run.Now, Code = Attention.CannotConnect });
        run.State(SessionStatus.Open);

        Assert.Equal(code, run.Session!.NeedsAttention);
    }

    [Fact]
    public void what_a_person_must_do_is_not_forgotten_over_a_gateway_that_was_away()
    {
        var run = SessionRun.Opened();
        run.State(SessionStatus.Close, "401");
        Assert.Equal(Attention.LoggedOut, run.Session!.NeedsAttention);

        run.Report(new SessionReport { Kind = SessionReportKind.NotSeen, At = run.Now, Code = Attention.GatewayUnreachable });
        Looked(run, SessionStatus.Close);
        Assert.Equal(Attention.LoggedOut, run.Session.NeedsAttention);

        run.State(SessionStatus.Open);
        run.Report(new SessionReport { Kind = SessionReportKind.NotSeen, At = run.Now, Code = Attention.GatewayUnreachable });
        Assert.Equal(Attention.GatewayUnreachable, run.Session.NeedsAttention);
        Looked(run, SessionStatus.Open);
        Assert.Null(run.Session.NeedsAttention);
    }

    /// <summary>Each attempt that a gateway tells of is new; how long the line is away is not.</summary>
    [Fact]
    public void a_line_whose_connections_are_lost_again_and_again_comes_up_since_the_first_loss()
    {
        var run = SessionRun.Opened();
        Assert.Null(run.Session!.ComesUpSince);
        var lost = run.Now;
        for (var i = 0; i < 40; i++)
        {
            run.State(SessionStatus.Connecting);
            run.Now += TimeSpan.FromSeconds(2);
            run.Report(new SessionReport { Kind = SessionReportKind.Looked, At = run.Now, Status = SessionStatus.Close });
            run.Now += TimeSpan.FromSeconds(2);
        }

        Assert.Equal(lost, run.Session.ComesUpSince);
        run.Report(new SessionReport { Kind = SessionReportKind.Stuck, At = run.Now, Code = Attention.CannotConnect });
        Assert.Equal((SessionTaskKind.Restart, run.Now), (run.Session.Task!.Kind, run.Session.ComesUpSince));
        run.Done();
        run.State(SessionStatus.Open);
        Assert.Null(run.Session.ComesUpSince);
    }

    [Fact]
    public void a_failure_is_tried_again_and_needs_a_person_when_it_stays()
    {
        _run.Create();
        _run.Failed(Attention.GatewayUnreachable);
        _run.Failed(Attention.GatewayUnreachable);
        Assert.Equal((2, null), (_run.Session!.Task!.Tries, _run.Session.NeedsAttention));
        _run.Failed(Attention.GatewayUnreachable);
        Assert.Equal(Attention.GatewayUnreachable, _run.Session!.NeedsAttention);
        _run.Done();
        Assert.Null(_run.Session.NeedsAttention);
        Assert.Equal(
            [Attention.GatewayUnreachable, null], _run.Events.Where(static e => e.Type == EventType.SessionAttention).Select(static e => e.Attention));
    }

    [Theory]
    [InlineData(Attention.GatewayUnauthorized, false)]
    [InlineData(Attention.GatewayRefused, true)]
    public void what_only_a_person_can_mend_is_told_at_once(string code, bool final)
    {
        _run.Create();
        _run.Failed(code, final);
        Assert.Equal(code, _run.Session!.NeedsAttention);
        Assert.Equal(final, _run.Session.Task is null);
    }

    /// <summary>The next look clears what a person was to do, perhaps before the one who asked for the connection reads how it went.</summary>
    [Fact]
    public void a_task_that_was_given_up_is_told_until_there_is_another()
    {
        var run = SessionRun.Opened();
        run.State(SessionStatus.Close);
        run.Command(SessionCommandKind.Connect);
        var connect = run.Session!.Task!;
        run.Failed(Attention.InstanceMissing, final: true);
        Look(run, SessionStatus.Connecting, run.Now.AddSeconds(1));
        Assert.Equal((null, null), (run.Session!.NeedsAttention, run.Session.Task));
        Assert.Equal((connect.Number, Attention.InstanceMissing), (run.Session.GivenUp!.Number, run.Session.GivenUp.Fault));
        run.Command(SessionCommandKind.Connect);
        Assert.Null(run.Session.GivenUp);
        run.Failed(Attention.GatewayUnreachable);
        Assert.Null(run.Session.GivenUp);
    }

    [Fact]
    public void a_look_counts_only_where_no_webhook_was_newer()
    {
        var run = SessionRun.Opened();
        run.State(SessionStatus.Connecting);
        Look(run, SessionStatus.Open, run.Now.AddSeconds(-1));
        Assert.Equal(SessionStatus.Connecting, run.Session!.Status);
        Look(run, SessionStatus.Open, run.Now.AddSeconds(1));
        Assert.Equal((SessionStatus.Open, "polled"), (run.Session!.Status, run.Session.StatusReason));
    }

    [Fact]
    public void an_instance_that_is_missing_for_a_moment_is_not_made_again()
    {
        var run = SessionRun.Opened();
        Miss(run);
        run.Now += TimeSpan.FromMinutes(1);
        Miss(run);
        Assert.Equal(SessionStatus.Open, run.Session!.Status);
        Look(run, SessionStatus.Open, run.Now);
        run.Now += TimeSpan.FromMinutes(2);
        Miss(run);
        Assert.Equal((SessionStatus.Open, "p-1"), (run.Session!.Status, run.Session.InstanceName));
    }

    [Fact]
    public void an_instance_that_stays_missing_is_made_again_unless_it_was_adopted()
    {
        var run = SessionRun.Opened();
        Miss(run);
        run.Now += SessionReports.MissingFor;
        Miss(run);
        Assert.Equal(("p-2", SessionStatus.Creating, SessionTaskKind.Create), (run.Session!.InstanceName, run.Session.Status, run.Session.Task!.Kind));

        _run.Adopt();
        _run.Done();
        Miss(_run);
        _run.Now += SessionReports.MissingFor;
        Miss(_run);
        Assert.Equal(("line", SessionStatus.Destroyed, Attention.InstanceMissing), (_run.Session!.InstanceName, _run.Session.Status, _run.Session.NeedsAttention));
        _run.Now += TimeSpan.FromMinutes(1);
        _run.State(SessionStatus.Open);
        Assert.Equal((SessionStatus.Open, null), (_run.Session!.Status, _run.Session.NeedsAttention));
    }

    [Fact]
    public void one_that_nobody_ever_paired_is_not_made_again()
    {
        _run.Create();
        _run.Done();
        Miss(_run);
        _run.Now += SessionReports.MissingFor;
        Miss(_run);
        Assert.Equal((SessionStatus.Destroyed, Attention.InstanceMissing), (_run.Session!.Status, _run.Session.NeedsAttention));
    }

    [Fact]
    public void a_zombie_is_restarted_once_and_then_a_persons()
    {
        var run = SessionRun.Opened();
        var stuck = new SessionReport { Kind = SessionReportKind.Stuck, At = run.Now, Code = Attention.Zombie };
        run.Report(stuck);
        Assert.Equal((SessionTaskKind.Restart, null), (run.Session!.Task!.Kind, run.Session.NeedsAttention));
        run.Done();
        run.Now += TimeSpan.FromMinutes(10);
        run.Report(stuck);
        Assert.Equal((null, Attention.Zombie), (run.Session!.Task, run.Session.NeedsAttention));
        run.Now += SessionReports.RestartHelps;
        run.Report(stuck);
        Assert.Equal(SessionTaskKind.Restart, run.Session!.Task!.Kind);
        run.State(SessionStatus.Connecting);
        run.State(SessionStatus.Open);
        Assert.Null(run.Session!.NeedsAttention);
    }

    [Fact]
    public void a_wrong_recipient_stays_until_a_person_has_done_something()
    {
        var run = SessionRun.Opened();
        var decision = SessionCommands.Attend(SessionRun.Tenant, run.Session, Attention.WrongRecipient, run.Now);
        Assert.Equal(Attention.WrongRecipient, decision.Commit!.Session.NeedsAttention);
        Assert.Equal(EventType.SessionAttention, Assert.Single(decision.Commit.Events).Type);
        var opened = SessionRules.Observe(
            SessionRun.Tenant, "shop", "p-1", decision.Commit.Session, new SessionSignal { Status = SessionStatus.Open, Reason = "again", ReceivedAt = run.Now }, run.Now);
        Assert.Equal(Attention.WrongRecipient, opened!.Session.NeedsAttention);
    }

    private static void Look(SessionRun run, SessionStatus status, DateTimeOffset at) =>
        run.Report(new SessionReport { Kind = SessionReportKind.Looked, At = at, Status = status });

    private static void Miss(SessionRun run) => run.Report(new SessionReport
    {
        Kind = SessionReportKind.NotSeen,
        At = run.Now,
        Code = Attention.InstanceMissing,
        Fresh = new FreshInstance("p-2", "s2"),
    });

    private static void Looked(SessionRun run, SessionStatus status)
    {
        run.Now += TimeSpan.FromMinutes(1);
        run.Report(new SessionReport { Kind = SessionReportKind.Looked, At = run.Now, Status = status });
    }
}
