using Parley.Domain.Addresses;
using Parley.Domain.Events;
using Parley.Domain.Sessions;
using Parley.Domain.Work;

namespace Parley.Domain.Tests.Sessions;

public sealed class SessionCommandTests
{
    private readonly SessionRun _run = new();

    /// <summary>Where a code is shown nothing is paired, so nothing is lost; a line that only reconnects keeps its pairing.</summary>
    [Theory]
    [InlineData(true, true, "5511987650001", true)]
    [InlineData(true, true, null, false)]
    [InlineData(true, false, "5511987650001", false)]
    [InlineData(false, true, "5511987650001", true)]
    [InlineData(false, false, "5511987650001", false)]
    public void a_pairing_code_is_asked_for_anew_where_a_QR_code_is_shown(bool isCreated, bool showsQr, string? phoneNumber, bool anew)
    {
        var run = new SessionRun();
        run.Create();
        if (isCreated)
        {
            run.Done();
        }

        run.State(SessionStatus.Connecting, qr: showsQr);
        Assert.Equal(showsQr ? Attention.ScanQr : null, run.Session!.NeedsAttention);

        run.Command(SessionCommandKind.Connect, phoneNumber: phoneNumber);

        Assert.Equal((isCreated ? SessionTaskKind.Connect : SessionTaskKind.Create, anew), (run.Session.Task!.Kind, run.Session.Task.Anew));
    }

    /// <summary>Without its webhook an adopted instance posts nothing, and looks like a quiet line.</summary>
    [Theory]
    [InlineData(SessionCommandKind.Connect)]
    [InlineData(SessionCommandKind.Restart)]
    [InlineData(SessionCommandKind.LogOut)]
    public void what_is_asked_for_before_the_webhook_is_taken_takes_it_too(SessionCommandKind kind)
    {
        _run.Adopt(SessionRun.Plan("line") with { Status = SessionStatus.Close });
        _run.Command(kind);
        _run.Command(kind);
        Assert.True(_run.Session!.Task!.TakesWebhook);
        Assert.NotEqual(SessionTaskKind.TakeWebhook, _run.Session.Task.Kind);

        _run.Done();
        _run.Command(kind);
        Assert.False(_run.Session.Task!.TakesWebhook);
    }

    [Fact]
    public void an_instance_of_the_same_name_at_another_gateway_is_another_line()
    {
        _run.Adopt();
        _run.Done();

        Assert.Equal(SessionOutcome.Exists, _run.Adopt(SessionRun.Plan("line") with { GatewayId = "second", Status = SessionStatus.Open }));
        Assert.Equal("main", _run.Session!.GatewayId);
        Assert.Equal(SessionOutcome.Done, _run.Adopt());
    }

    [Fact]
    public void a_created_session_leaves_its_keeper_a_task()
    {
        Assert.Equal(SessionOutcome.Done, _run.Create());

        Assert.Equal((SessionStatus.Creating, SessionStatus.Open), (_run.Session!.Status, _run.Session.DesiredStatus));
        Assert.Equal(new SessionTask(SessionTaskKind.Create, 1), _run.Session.Task);
        Assert.Contains(new KeepLine("shop"), _run.Left);
        Assert.Equal(EventType.SessionCreated, Assert.Single(_run.Events).Type);
    }

    [Fact]
    public void the_same_create_again_changes_nothing_and_another_one_finds_the_id_taken()
    {
        _run.Create();
        Assert.Equal(SessionOutcome.Done, _run.Create());
        Assert.Equal(SessionOutcome.Exists, _run.Create(SessionRun.Plan("p-2")));
        Assert.Equal(1, _run.Session!.Version);
    }

    [Fact]
    public void what_the_tenant_deleted_is_not_made_again_nor_commanded()
    {
        _run.Create();
        Assert.Equal(SessionOutcome.Done, _run.Command(SessionCommandKind.Delete));
        Assert.Equal(SessionTaskKind.Delete, _run.Session!.Task!.Kind);
        Assert.Equal(EventType.SessionDeleted, _run.Events[^1].Type);

        Assert.Equal(SessionOutcome.Exists, _run.Create(SessionRun.Plan("p-2")));
        Assert.Equal(SessionOutcome.Missing, _run.Command(SessionCommandKind.Connect));
        Assert.Equal(SessionOutcome.Missing, _run.Command(SessionCommandKind.Delete));
        _run.State(SessionStatus.Open);
        _run.Report(new SessionReport { Kind = SessionReportKind.Looked, At = _run.Now.AddMinutes(1), Status = SessionStatus.Open });
        Assert.Equal(SessionStatus.Destroyed, _run.Session!.Status);
    }

    [Fact]
    public void what_the_gateway_reports_wins_over_what_was_asked_for()
    {
        var run = SessionRun.Opened();
        run.Command(SessionCommandKind.LogOut);
        Assert.Equal(SessionStatus.Open, run.Session!.Status);
        run.State(SessionStatus.Close, "401");
        Assert.Equal(SessionStatus.Close, run.Session!.Status);
        Assert.Null(run.Session.NeedsAttention);
        run.State(SessionStatus.Open);
        Assert.Equal((SessionStatus.Open, SessionStatus.Close), (run.Session!.Status, run.Session.DesiredStatus));
    }

    [Fact]
    public void a_session_that_only_its_webhooks_tell_of_takes_no_command_but_to_be_deleted()
    {
        _run.State(SessionStatus.Open);
        Assert.Equal(SessionOutcome.NotRun, _run.Command(SessionCommandKind.Restart));
        Assert.Equal(SessionOutcome.Done, _run.Command(SessionCommandKind.Delete));
        Assert.Null(_run.Session!.Task);
    }

    [Fact]
    public void a_connect_of_an_open_session_asks_the_gateway_for_nothing()
    {
        var run = SessionRun.Opened();
        run.Command(SessionCommandKind.Connect);
        Assert.Null(run.Session!.Task);
    }

    /// <summary>The last word counts: what waits to unpair the line is not done any more.</summary>
    [Fact]
    public void a_connect_takes_back_a_logout_that_waits()
    {
        var run = SessionRun.Opened();
        run.Command(SessionCommandKind.LogOut);
        var logout = run.Session!.Task!;
        run.Command(SessionCommandKind.Connect);

        Assert.Equal((SessionTaskKind.Connect, SessionStatus.Open), (run.Session!.Task!.Kind, run.Session.DesiredStatus));

        // A keeper that was at it already is followed by one that connects.
        run.Report(new SessionReport { Kind = SessionReportKind.TaskDone, At = run.Now, TaskNumber = logout.Number, TaskKind = logout.Kind });
        Assert.Equal(SessionTaskKind.Connect, run.Session!.Task!.Kind);
    }

    [Fact]
    public void a_connect_of_an_instance_that_is_gone_makes_a_new_one_under_a_new_name()
    {
        var run = SessionRun.Opened();
        run.State(SessionStatus.Destroyed, "removed");
        run.Command(SessionCommandKind.Connect, new FreshInstance("p-2", "s2"));

        Assert.Equal(("p-2", "s2", SessionStatus.Creating), (run.Session!.InstanceName, run.Session.Secrets, run.Session.Status));
        Assert.Equal(SessionTaskKind.Create, run.Session.Task!.Kind);
    }

    [Fact]
    public void an_adoption_takes_the_state_as_it_is_and_leaves_the_claim()
    {
        Assert.Equal(SessionOutcome.Done, _run.Adopt());

        Assert.Equal((SessionStatus.Open, true, true), (_run.Session!.Status, _run.Session.IsAdopted, _run.Session.Claims));
        Assert.Equal(SessionTaskKind.TakeWebhook, _run.Session.Task!.Kind);
        Assert.Equal(SessionOutcome.Done, _run.Adopt());
        Assert.Equal(1, _run.Session.Version);
    }

    [Fact]
    public void an_adoption_makes_a_run_session_of_one_that_its_webhooks_made()
    {
        _run.State(SessionStatus.Open);
        Assert.Equal(SessionOutcome.Exists, _run.Adopt());
        Assert.Equal(SessionOutcome.Done, _run.Adopt(SessionRun.Plan("shop") with { Secrets = null, HistorySince = SessionRun.Start }));
        Assert.Equal(("main", null), (_run.Session!.GatewayId, _run.Session.Task));
        Assert.Contains(new SyncLine("shop", SessionRun.Start) { LeftAt = _run.Now }, _run.Left);
    }

    /// <summary>As where an open names another phone: what the former one was known by, and what it missed, is none of this one's.</summary>
    [Theory]
    [InlineData("5511900000010", true)]
    [InlineData("5511900000009", false)]
    [InlineData(null, false)]
    public void a_line_that_is_adopted_again_has_the_phone_that_is_paired_now(string? paired, bool isAnother)
    {
        var (number, lid) = (Address.Parse("5511900000009"), Address.Parse("100000000000099@lid"));
        _run.Adopt(SessionRun.Plan("line") with { Status = SessionStatus.Open, Line = number });
        _run.Done();
        _run.Learn(lid);
        _run.State(SessionStatus.Close);
        _run.Command(SessionCommandKind.Detach);
        _run.Done();
        _run.Now += TimeSpan.FromHours(1);

        _run.Adopt(SessionRun.Plan("line") with { Status = SessionStatus.Open, Line = paired is null ? null : Address.Parse(paired) });

        Assert.Equal(isAnother ? Address.Parse(paired!) : number, _run.Session!.PhoneNumber);
        Assert.Equal(isAnother ? [] : [lid], _run.Session.OwnLids);
        Assert.Equal(isAnother, _run.ReadsSince is null);
    }

    [Fact]
    public void a_detached_line_can_be_adopted_again_when_it_is_free_and_a_deleted_session_never()
    {
        _run.Adopt();
        _run.Done();
        _run.Command(SessionCommandKind.Detach);
        Assert.Equal(SessionOutcome.Exists, _run.Adopt());
        _run.Done();
        Assert.Equal(SessionOutcome.Done, _run.Adopt());
        Assert.Equal((SessionStatus.Open, false), (_run.Session!.Status, _run.Session.DeletedByTenant));

        var made = SessionRun.Opened();
        made.Command(SessionCommandKind.Detach);
        made.Done();
        Assert.Equal(SessionOutcome.Exists, made.Adopt(SessionRun.Plan()));
    }
}
