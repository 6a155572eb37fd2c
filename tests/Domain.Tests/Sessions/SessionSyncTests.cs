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
    public void what_somebody_waits_for_is_not_lost_to_what_nobody_asked_for()
    {
        var byItself = new SyncLine("shop", Start);
        var asked = byItself with { RunId = Guid.NewGuid() };

        Assert.NotEqual(byItself.Key, asked.Key);
        Assert.Equal(asked.Key, (asked with { RunId = Guid.NewGuid() }).Key);
    }

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
