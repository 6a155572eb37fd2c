using FsCheck.Xunit;
using Parley.Domain.Events;
using Parley.Domain.Sessions;

namespace Parley.Domain.Tests.Sessions;

public sealed class SessionStormTests
{
    [Fact]
    public void in_a_storm_the_state_follows_and_nothing_else_grows()
    {
        var run = SessionRun.Opened();
        Storm(run, 500);

        Assert.Equal(SessionStatus.Close, run.Session!.Status);
        Assert.Equal(Attention.LoggedOut, run.Session.NeedsAttention);
        Assert.InRange(run.Transitions.Count, SessionPace.MostChanges, SessionPace.MostChanges + 5);
        Assert.InRange(run.Events.Count, SessionPace.MostChanges, (2 * SessionPace.MostChanges) + 10);
    }

    [Fact]
    public void when_a_storm_is_over_subscribers_learn_how_it_ended()
    {
        var run = SessionRun.Opened();
        Storm(run, 501);
        var before = run.Events.Count;
        run.Report(new SessionReport { Kind = SessionReportKind.Calm, At = run.Now });
        Assert.Equal(before, run.Events.Count);

        run.Now += SessionPace.Window;
        run.Report(new SessionReport { Kind = SessionReportKind.Calm, At = run.Now });
        AssertTold(run);
        var settled = run.Events.Count;
        run.Report(new SessionReport { Kind = SessionReportKind.Calm, At = run.Now });
        Assert.Equal(settled, run.Events.Count);
    }

    [Fact]
    public void a_change_after_a_storm_tells_it_too()
    {
        var run = SessionRun.Opened();
        Storm(run, 500);
        run.Now += SessionPace.Window;
        run.State(SessionStatus.Connecting);
        AssertTold(run);
    }

    /// <summary>Every order of the same webhooks, some delivered twice, ends in the same state.</summary>
    [Property(MaxTest = 300)]
    public void every_order_of_webhooks_ends_in_the_same_state(int seed)
    {
        var random = new Random(seed);
        SessionStatus[] states = [SessionStatus.Connecting, SessionStatus.Open, SessionStatus.Close];
        var story = Enumerable.Range(1, random.Next(2, 12))
            .Select(n => (Status: states[random.Next(states.Length)], At: n * 1000L, Reason: random.Next(3) == 0 ? "428" : null))
            .ToList();
        var deliveries = story.Concat(story.Where(_ => random.Next(2) == 0)).ToArray();
        random.Shuffle(deliveries);

        var run = new SessionRun();
        foreach (var (status, at, reason) in deliveries)
        {
            run.State(status, reason, at);
            run.Now += TimeSpan.FromSeconds(1);
        }

        var last = story[^1];
        Assert.Equal((last.Status, last.Reason, last.At), (run.Session!.Status, run.Session.StatusReason, run.Session.StateEnvelopeMs));
        Assert.Equal(run.Session.Status, run.Events.Last(static e => e.CurrentSession is not null).CurrentSession);
    }

    /// <summary>Whoever follows the events knows the status and what is to be done, once the storm is over.</summary>
    private static void AssertTold(SessionRun run)
    {
        Assert.Equal(run.Session!.Status, run.Events.Last(static e => e.CurrentSession is not null).CurrentSession);
        Assert.Equal(run.Session.NeedsAttention, run.Events.Last(static e => e.Type == EventType.SessionAttention).Attention);
    }

    private static void Storm(SessionRun run, int changes)
    {
        for (var i = 0; i < changes; i++)
        {
            run.Now += TimeSpan.FromMilliseconds(50);
            run.State(i % 2 == 0 ? SessionStatus.Open : SessionStatus.Close, i % 2 == 0 ? null : "401");
        }
    }
}
