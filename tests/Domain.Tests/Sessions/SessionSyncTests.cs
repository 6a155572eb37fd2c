using Parley.Domain.Sessions;
using Parley.Domain.Work;

namespace Parley.Domain.Tests.Sessions;

public sealed class SessionSyncTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void a_run_that_was_asked_for_is_shown_until_it_begins_and_then_as_far_as_it_is()
    {
        var asked = Run(SyncStatus.Queued, 0);
        var byItself = Run(SyncStatus.Running, 1);
        var session = Noted(Session(null), asked)!;

        Assert.Null(Noted(session, byItself));
        var begun = asked with { Status = SyncStatus.Running, StartedAt = Start.AddMinutes(2) };
        session = Noted(session, begun)!;
        Assert.Equal(begun, session.Sync);
        Assert.Null(Noted(session, begun));
        Assert.Equal(SyncStatus.Done, Noted(session, begun with { Status = SyncStatus.Done })!.Sync!.Status);
    }

    [Fact]
    public void a_later_run_takes_the_place_of_one_that_has_ended_or_died_and_of_one_that_waits_if_it_was_asked_for_too()
    {
        foreach (var status in (SyncStatus[])[SyncStatus.Done, SyncStatus.Failed, SyncStatus.Running])
        {
            Assert.NotNull(Noted(Session(Run(status, 0)), Run(SyncStatus.Running, 1)));
            Assert.Null(Noted(Session(Run(status, 1)), Run(SyncStatus.Running, 0)));
        }

        Assert.NotNull(Noted(Session(Run(SyncStatus.Queued, 0)), Run(SyncStatus.Queued, 1)));
    }

    [Fact]
    public void a_run_that_is_done_does_not_begin_again_to_whoever_waits_for_it()
    {
        var done = Run(SyncStatus.Done, 0) with { Read = 5, Added = 5 };
        var session = Session(done);

        Assert.Null(Noted(session, done with { Status = SyncStatus.Running, StartedAt = Start.AddMinutes(2), Read = 1, Added = 0 }));
        Assert.Null(Noted(session, done with { Status = SyncStatus.Failed, StartedAt = Start.AddMinutes(2) }));
        Assert.Null(Noted(session, done with { StartedAt = Start.AddMinutes(2), Added = 0 }));

        // One that failed may be tried again.
        Assert.NotNull(Noted(Session(done with { Status = SyncStatus.Failed }), done with { Status = SyncStatus.Running }));
    }

    [Fact]
    public void what_somebody_waits_for_is_not_lost_to_what_nobody_asked_for()
    {
        var byItself = new SyncLine("shop", Start);
        var asked = byItself with { RunId = Guid.NewGuid() };

        Assert.NotEqual(byItself.Key, asked.Key);
        Assert.Equal(asked.Key, (asked with { RunId = Guid.NewGuid() }).Key);
    }

    [Fact]
    public void what_was_missed_twice_and_not_read_yet_is_read_from_the_first_time_on()
    {
        var run = SessionRun.Opened();
        var lost = run.Now;
        run.State(SessionStatus.Close);
        run.Now += TimeSpan.FromHours(1);
        run.State(SessionStatus.Open);
        Assert.Equal(lost - SyncRun.Overlap, run.ReadsSince);
        run.Sync(lost - SyncRun.Overlap, SyncStatus.Failed);

        run.Now += TimeSpan.FromHours(1);
        NotHeard(run);
        Assert.Equal(lost - SyncRun.Overlap, run.ReadsSince);
    }

    [Fact]
    public void what_was_read_is_not_read_again()
    {
        var run = SessionRun.Opened();
        NotHeard(run);
        run.Now += TimeSpan.FromMinutes(1);
        run.Sync(run.ReadsSince!.Value);
        Assert.Null(run.Session!.Missed);

        run.Now += TimeSpan.FromHours(1);
        NotHeard(run);
        Assert.Equal(run.Now - SyncRun.Overlap, run.ReadsSince);
    }

    [Fact]
    public void a_run_that_began_before_or_read_less_leaves_what_was_missed()
    {
        var run = SessionRun.Opened();
        var began = run.Now;
        run.Now += TimeSpan.FromMinutes(1);
        NotHeard(run);
        var missed = run.Session!.Missed!;
        Assert.Equal(missed.LeftAt, run.Session.HeardAgainAt);

        var all = new SyncRun(Guid.NewGuid(), missed.Since, missed.LeftAt, SyncStatus.Done, missed.LeftAt);
        Assert.True(missed.IsReadBy(all));
        Assert.False(missed.IsReadBy(all with { StartedAt = began }));
        Assert.False(missed.IsReadBy(all with { Since = missed.Since.AddSeconds(1) }));
        Assert.False(missed.IsReadBy(all with { Until = missed.LeftAt.AddSeconds(-1) }));
        Assert.False(missed.IsReadBy(all with { Status = SyncStatus.Running }));
    }

    [Fact]
    public void what_was_not_heard_while_a_line_was_closed_is_read_when_it_opens()
    {
        var run = new SessionRun();
        run.Create();
        run.Done();
        NotHeard(run);
        var left = run.Left.OfType<SyncLine>().Count();
        run.Now += TimeSpan.FromHours(1);

        run.State(SessionStatus.Open);

        Assert.Equal(left + 1, run.Left.OfType<SyncLine>().Count());
        Assert.Equal(run.Session!.Missed!.Since, run.ReadsSince);
    }

    [Fact]
    public void a_session_without_a_gateway_or_that_was_deleted_reads_nothing_back()
    {
        var known = new SessionRun();
        known.State(SessionStatus.Open);
        NotHeard(known);
        var deleted = SessionRun.Opened();
        deleted.Command(SessionCommandKind.Delete);
        NotHeard(deleted);

        Assert.Null(known.ReadsSince);
        Assert.Null(deleted.ReadsSince);
    }

    private static void NotHeard(SessionRun run) => run.Report(new SessionReport { Kind = SessionReportKind.NotHeard, At = run.Now });

    private static SyncRun Run(SyncStatus status, int minute) =>
        new(Guid.NewGuid(), Start.AddDays(-1), Start, status, Start.AddMinutes(minute));

    private static Session Session(SyncRun? sync) => new()
    {
        SessionId = "shop",
        InstanceName = "shop",
        Status = SessionStatus.Open,
        CreatedAt = Start,
        UpdatedAt = Start,
        Sync = sync,
    };

    private static Session? Noted(Session session, SyncRun run) => SessionSyncs.Note("tenant", session, run, Start)?.Session;
}
