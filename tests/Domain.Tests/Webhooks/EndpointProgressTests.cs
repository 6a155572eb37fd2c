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
        Replay(1, 3);
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

    [Fact]
    public void a_replay_whose_events_the_log_has_dropped_meanwhile_comes_to_its_end()
    {
        Log([.. Enumerable.Repeat("a", 11), .. Enumerable.Repeat("b", 19)]);
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Replay(0, 11);
        Turn();
        _receiver.Answer(0, static _ => AttemptOutcome.Failed);

        _receiver.First = 25;
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Assert.Equal(31, _receiver.Taken.Count);
        Assert.Empty(_receiver.Kept.Replays);
    }

    [Fact]
    public void an_endpoint_that_was_full_goes_on_with_the_oldest_event_that_is_kept()
    {
        Log([.. Enumerable.Range(0, Trail.MostLanes).SelectMany(static i => new[] { $"c{i}", $"c{i}" })]);
        _receiver.RunOut(static _ => AttemptOutcome.Failed);
        Assert.Equal(EndpointStatus.Disabled, _receiver.Kept.Status);
        Assert.Equal(Trail.MostLanes, _receiver.Kept.Place.Waiting.Length);

        Log("new", "new");
        _receiver.First = (Trail.MostLanes * 2) + 1;
        _receiver.Enable();
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Assert.Equal(["new", "new"], _receiver.Taken.Select(static e => e.Subject));
    }

    [Fact]
    public void what_is_new_and_what_is_sent_again_take_turns()
    {
        Log([.. Enumerable.Range(0, 50).Select(static i => $"c{i}")]);
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Replay(0, 50);
        Log("new 1", "new 2");
        Turn();
        Assert.Equal([1, 51, 2, 52], _receiver.Tried.Skip(50).Select(static e => e.Number));
    }

    [Fact]
    public void shards_take_turns()
    {
        var all = new Receiver(tracks: 2);
        for (var i = 0; i < 30; i++)
        {
            all.Log($"c{i}");
        }

        all.RunOut(static _ => AttemptOutcome.Delivered);
        for (var i = 0; i < 10; i++)
        {
            all.Log($"c{i}", track: 1);
        }

        all.Log("c1");
        all.Log("c2");
        all.Turn();
        Assert.Equal([(1, 1), (0, 31), (1, 2), (0, 32)], all.Tried.Skip(30).Select(static e => (e.Track, e.Number)).OrderBy(static e => e.Number % 30));
    }

    [Fact]
    public void a_success_that_was_under_way_does_not_end_the_time_that_the_endpoint_asked_for()
    {
        Log("a", "b", "c", "d");
        Turn();
        for (var i = 0; i < EndpointProgress.PauseAfter; i++)
        {
            _receiver.Answer(0, static _ => AttemptOutcome.SlowDown, TimeSpan.FromSeconds(60));
        }

        _receiver.Answer(0, static _ => AttemptOutcome.Delivered);
        Assert.Equal(EndpointStatus.Enabled, _receiver.Progress.Status);
        Turn();
        Assert.Equal(0, _receiver.UnderWay);
        Assert.Equal(Receiver.Start.AddSeconds(60), _receiver.Progress.NextAt());
        _receiver.Now = Receiver.Start.AddSeconds(60);
        Turn();
        Assert.True(_receiver.UnderWay > 0);
    }

    [Fact]
    public void a_merge_that_waits_does_not_hide_when_what_it_waits_for_is_tried_again()
    {
        Log("old");
        _receiver.Log("stays", new EventFacts { Type = EventType.ConversationMerged, Number = 1, At = Receiver.Start, From = "old", Into = "stays" });
        Turn();
        _receiver.Answer(0, static _ => AttemptOutcome.Failed);
        Assert.Equal(Receiver.Start.AddSeconds(5), _receiver.Progress.NextAt());
    }

    [Fact]
    public void a_range_without_events_is_done_at_once()
    {
        Log("a");
        _receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Assert.False(_receiver.Progress.HasDone);
        Replay(1, 1);
        Assert.True(_receiver.Progress.HasDone);
        _receiver.Commit();
        Assert.False(_receiver.Progress.HasDone);
        Assert.Empty(_receiver.Kept.Replays);
    }

    [Fact]
    public void a_crash_in_a_try_before_its_time_costs_no_attempt_of_the_schedule()
    {
        Log("a");
        foreach (var pause in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)])
        {
            _receiver.Now += pause;
            Turn();
            _receiver.Answer(0, static _ => AttemptOutcome.Failed);
        }

        var due = _receiver.Now.AddMinutes(30);
        Log("b");
        Turn();
        _receiver.Answer(0, static _ => AttemptOutcome.Delivered);
        Turn();
        Assert.Equal("a", _receiver.Tried[^1].Subject);
        _receiver.Commit();
        _receiver.Crash();

        Turn();
        Assert.Equal("a", _receiver.Tried[^1].Subject);
        _receiver.Answer(0, static _ => AttemptOutcome.Failed);
        _receiver.Commit();
        var waiting = Assert.Single(_receiver.Kept.Place.Waiting);
        Assert.Equal((3, due, (DateTimeOffset?)null), (waiting.Attempts, waiting.NextAt, waiting.DueAt));
    }

    /// <summary>Everything after a number and up to another is to be sent again.</summary>
    private void Replay(long after, long upTo) => _receiver.Progress.Adopt(_receiver.Kept with
    {
        Replays = [new Replay { ReplayId = Guid.NewGuid(), Place = new DeliveryPlace { Done = [after] }, Until = [upTo], CreatedAt = Receiver.Start }],
    });

    private void Log(params string[] subjects) => Array.ForEach(subjects, s => _receiver.Log(s));

    private void Turn() => _receiver.Turn();
}
