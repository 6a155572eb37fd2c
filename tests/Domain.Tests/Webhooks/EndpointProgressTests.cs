using Parley.Domain.Events;
using Parley.Domain.Webhooks;

namespace Parley.Domain.Tests.Webhooks;

public sealed class EndpointProgressTests
{
    private readonly Receiver _receiver = new();

    [Fact]
    public void the_published_schedule_is_the_default()
    {
        var pauses = RetrySchedule.Published.Pauses;
        Assert.Equal(10, pauses.Length);
        Assert.Equal(TimeSpan.FromSeconds(5), RetrySchedule.Published.PauseAfter(1, 0.5));
        Assert.Equal(TimeSpan.FromHours(24), RetrySchedule.Published.PauseAfter(9, 0.5));
        Assert.Null(RetrySchedule.Published.PauseAfter(10, 0.5));
        Assert.Equal(new TimeSpan(75, 35, 5), pauses.Aggregate(static (a, b) => a + b));
        Assert.InRange(RetrySchedule.Published.PauseAfter(2, 0)!.Value, TimeSpan.FromMinutes(4.5), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void one_failure_holds_up_its_own_conversation_only()
    {
        Log("a", "a", "b", "c", "b");
        Turn();
        _receiver.RunOut(e => e.Subject == "a" && _receiver.Now == Receiver.Start ? AttemptOutcome.Failed : AttemptOutcome.Delivered);

        Assert.Equal(["b", "c", "b", "a", "a"], _receiver.Taken.Select(static e => e.Subject));
        Assert.Equal(EndpointStatus.Enabled, _receiver.Kept.Status);
        Assert.Empty(_receiver.Kept.Place.Waiting);
        Assert.Equal(5, _receiver.Kept.Place.Done[0]);
    }

    [Fact]
    public void three_failures_in_a_row_pause_and_little_is_tried_until_a_success_resumes_everything()
    {
        Log("a", "b", "c", "d", "e", "a");
        Turn();
        while (_receiver.UnderWay > 0)
        {
            _receiver.Answer(0, static _ => AttemptOutcome.Failed);
        }

        Assert.Equal(EndpointStatus.Paused, _receiver.Progress.Status);
        var before = _receiver.Tried.Count;
        Assert.Equal(4, before);

        // Whether it is the endpoint or the events: one of a conversation that does not fail tells.
        Turn();
        Assert.Equal("e", Assert.Single(_receiver.Tried.Skip(before++)).Subject);
        _receiver.Answer(0, static _ => AttemptOutcome.Failed);
        Log("f", "g");
        Turn();
        Assert.Equal(0, _receiver.UnderWay);
        _receiver.Now += TimeSpan.FromSeconds(6);
        Turn();
        Assert.Equal(["a", "f"], _receiver.Tried.Skip(before).Select(static e => e.Subject));
        _receiver.Answer(0, static _ => AttemptOutcome.Failed);
        _receiver.Answer(0, static _ => AttemptOutcome.Failed);
        _receiver.Now += TimeSpan.FromSeconds(6);
        Turn();
        Assert.Equal(before + 2, _receiver.Tried.Count);
        _receiver.Commit();
        Assert.Equal((EndpointStatus.Paused, "failing"), (_receiver.Kept.Status, _receiver.Kept.StatusReason));

        _receiver.Now += TimeSpan.FromMinutes(6);
        Turn();
        _receiver.Answer(0, static _ => AttemptOutcome.Delivered);
        Assert.Equal(EndpointStatus.Enabled, _receiver.Progress.Status);
        Turn();
        Assert.Equal(4, _receiver.UnderWay);
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Assert.Equal(8, _receiver.Taken.Count);
    }

    [Fact]
    public void bad_events_of_many_conversations_do_not_stop_a_sound_endpoint_and_keep_their_schedule()
    {
        Log("bad 1", "bad 2", "bad 3", "bad 4");
        AnswerAll();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(EndpointStatus.Paused, _receiver.Progress.Status);
            Log($"good {i}");
            AnswerAll();
            Assert.Equal(i + 1, _receiver.Taken.Count);
        }

        _receiver.Commit();
        Assert.All(_receiver.Kept.Place.Waiting, static w => Assert.Equal((1, Receiver.Start.AddSeconds(5)), (w.Attempts, w.NextAt)));
        Assert.Equal(4, _receiver.Kept.Place.Waiting.Length);

        void AnswerAll()
        {
            for (Turn(); _receiver.UnderWay > 0; Turn())
            {
                _receiver.Answer(0, static e => e.Subject.StartsWith("bad", StringComparison.Ordinal) ? AttemptOutcome.Failed : AttemptOutcome.Delivered);
            }
        }
    }

    [Fact]
    public void bad_events_of_one_conversation_do_not_stop_the_others()
    {
        Log("bad");
        _receiver.RunOut(Fate);
        AttemptOutcome Fate(PlacedEvent e)
        {
            if (_receiver.Now < Receiver.Start.AddSeconds(100) && _receiver.Tried.Count == 2)
            {
                Log("good", "good");
            }

            return e.Subject == "bad" ? AttemptOutcome.Failed : AttemptOutcome.Delivered;
        }

        Assert.Equal(2, _receiver.Taken.Count);
        Assert.Equal(DeliveryStatus.Failed, Assert.Single(_receiver.Rows.Values, static r => r.Position == 1).Status);
        Assert.Equal(EndpointStatus.Enabled, _receiver.Kept.Status);
    }

    [Fact]
    public void what_is_exhausted_while_others_succeed_has_failed_and_its_conversation_goes_on()
    {
        Log("a", "a", "b");
        var tick = 0;
        _receiver.RunOut(e =>
        {
            if (e.Number == 1 && ++tick > 0)
            {
                Log("b");
                return AttemptOutcome.Failed;
            }

            return AttemptOutcome.Delivered;
        });

        var failed = Assert.Single(_receiver.Rows.Values, static r => r.Status == DeliveryStatus.Failed);
        Assert.Equal((1, Receiver.Schedule.Pauses.Length), (failed.Position, failed.Attempts.Length));
        Assert.Null(failed.NextAttemptAt);
        Assert.Contains(_receiver.Taken, static e => e.Number == 2);
        Assert.Equal(EndpointStatus.Enabled, _receiver.Kept.Status);
        Assert.Empty(_receiver.Told);
    }

    [Fact]
    public void an_endpoint_that_is_dead_for_the_whole_schedule_is_disabled_and_tells_once_and_loses_nothing()
    {
        Log("a", "b", "c", "d", "a");
        _receiver.RunOut(static _ => AttemptOutcome.Failed);

        Assert.Equal((EndpointStatus.Disabled, "failing"), (_receiver.Kept.Status, _receiver.Kept.StatusReason));
        var told = Assert.Single(_receiver.Told);
        Assert.Equal((1, "failing"), (told.Number, told.Reason));
        _receiver.Commit();
        Assert.Single(_receiver.Told);
        Assert.Null(_receiver.Progress.Begin(_receiver.Now.AddDays(1), Guid.NewGuid()));

        _receiver.Enable();
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Assert.Equal([1, 2, 3, 4, 5], _receiver.Taken.Select(static e => (int)e.Number).Order());
        Assert.True(_receiver.Taken.FindIndex(static e => e.Number == 1) < _receiver.Taken.FindIndex(static e => e.Number == 5));
    }

    [Fact]
    public void a_merge_is_told_after_what_happened_in_the_conversation_that_went()
    {
        Log("old", "old", "stays");
        _receiver.Log("stays", new EventFacts { Type = EventType.ConversationMerged, Number = 1, At = Receiver.Start, From = "old", Into = "stays" });
        var failed = false;
        _receiver.RunOut(e =>
        {
            var fails = e.Number == 2 && !failed;
            failed |= fails;
            return fails ? AttemptOutcome.Failed : AttemptOutcome.Delivered;
        });

        Assert.Equal([2, 4], _receiver.Taken.Select(static e => (int)e.Number).Where(static n => n is 2 or 4));
        Assert.Equal(4, _receiver.Taken.Count);
    }

    [Fact]
    public void gone_disables_at_once_and_keeps_the_event()
    {
        Log("a", "b");
        Turn();
        _receiver.Answer(0, static _ => AttemptOutcome.Gone);
        _receiver.Commit();
        Assert.Equal((EndpointStatus.Disabled, "gone"), (_receiver.Kept.Status, _receiver.Kept.StatusReason));
        Assert.Equal("gone", Assert.Single(_receiver.Told).Reason);
        Assert.Null(_receiver.Progress.Begin(_receiver.Now.AddDays(1), Guid.NewGuid()));

        _receiver.Enable();
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Assert.Equal([1, 2], _receiver.Taken.Select(static e => e.Number).Order());
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(86_400, 3_600)]
    public void an_endpoint_that_asks_for_time_gets_it_within_bounds(int asked, int gets)
    {
        Log("a", "b", "c", "d", "e", "f");
        Turn();
        _receiver.Answer(0, static _ => AttemptOutcome.SlowDown, TimeSpan.FromSeconds(asked));
        _receiver.Commit();
        _receiver.Crash();
        Turn();
        Assert.Equal(0, _receiver.UnderWay);
        Assert.Equal(Receiver.Start.AddSeconds(gets), _receiver.Progress.NextAt());
        _receiver.Now = Receiver.Start.AddSeconds(gets);
        Turn();
        Assert.True(_receiver.UnderWay > 0);
    }

    [Fact]
    public void waiting_conversations_are_bounded_and_then_the_place_stays()
    {
        for (var i = 0; i < Trail.MostLanes + 50; i++)
        {
            Log($"c{i}");
        }

        // One succeeds now and then, so it is never paused; all others fail.
        for (var i = 0; i < Trail.MostLanes * 2; i++)
        {
            Turn();
            if (_receiver.UnderWay == 0)
            {
                break;
            }

            _receiver.Answer(0, e => e.Number % 3 == 0 ? AttemptOutcome.Delivered : AttemptOutcome.Failed);
        }

        _receiver.Commit();
        Assert.True(_receiver.Kept.Place.Waiting.Length <= Trail.MostLanes);
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Assert.Equal(Trail.MostLanes + 50, _receiver.Taken.Select(static e => e.Number).Distinct().Count());
    }

    [Fact]
    public void a_range_is_sent_again_beside_what_is_new_and_then_forgotten()
    {
        Log("a", "b", "a");
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        _receiver.Progress.Adopt(_receiver.Kept with
        {
            Replays =
            [
                new Replay { ReplayId = Guid.NewGuid(), Place = new DeliveryPlace { Done = [1] }, Until = [3], CreatedAt = Receiver.Start },
            ],
        });
        Log("a");
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Assert.Equal([2, 3, 4], _receiver.Taken.Skip(3).Select(static e => (int)e.Number).Order());
        Assert.Empty(_receiver.Kept.Replays);
        Assert.Single(_receiver.Progress.Trails);
    }

    [Fact]
    public void one_delivery_that_is_sent_again_adds_to_its_row()
    {
        Log("a", "b");
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        var row = Assert.Single(_receiver.Rows.Values, static r => r.Position == 1);
        _receiver.Progress.Adopt(_receiver.Kept with
        {
            Replays =
            [
                new Replay
                {
                    ReplayId = Guid.NewGuid(), DeliveryId = row.DeliveryId, Place = new DeliveryPlace { Done = [0] }, Until = [1], CreatedAt = Receiver.Start,
                },
            ],
        });
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Assert.Equal(3, _receiver.Taken.Count);
        Assert.Equal(2, _receiver.Rows.Count);
        Assert.Equal(2, _receiver.Rows[row.DeliveryId].Attempts.Length);
        Assert.Empty(_receiver.Kept.Replays);
    }

    private void Log(params string[] subjects) => Array.ForEach(subjects, s => _receiver.Log(s));

    private void Turn() => _receiver.Turn();
}
