using FsCheck;
using FsCheck.Xunit;
using Parley.Domain.Webhooks;

namespace Parley.Domain.Tests.Webhooks;

/// <summary>Whatever endpoints answer and whenever processes end: everything comes, in order, and nothing that is told is untrue.</summary>
public sealed class DeliveryPropertyTests
{
    [Property(MaxTest = 300)]
    public void every_event_is_delivered_or_failed_as_told_in_order_and_the_place_never_goes_back(PositiveInt seed)
    {
        var random = new Random(seed.Get);
        var tracks = random.Next(4) == 0 ? 3 : 1;
        var receiver = new Receiver(tracks);
        var steps = random.Next(20, 250);
        var badness = random.Next(10);
        for (var i = 0; i < steps; i++)
        {
            switch (random.Next(10))
            {
                case < 3:
                    receiver.Log($"c{random.Next(6)}", random.Next(tracks));
                    break;
                case < 7:
                    receiver.Turn();
                    if (receiver.UnderWay > 0)
                    {
                        receiver.Answer(random.Next(1000), _ => Fate(random, badness));
                    }

                    break;
                case 7:
                    receiver.Commit();
                    break;
                case 8:
                    receiver.Now += TimeSpan.FromSeconds(Math.Pow(random.NextDouble() * 4, 6));
                    break;
                default:
                    if (random.Next(3) == 0)
                    {
                        receiver.Crash();
                    }

                    if (receiver.Kept.Status == EndpointStatus.Disabled)
                    {
                        receiver.Enable();
                    }

                    break;
            }
        }

        receiver.Commit();
        if (receiver.Kept.Status == EndpointStatus.Disabled)
        {
            receiver.Enable();
        }

        receiver.RunOut(static _ => AttemptOutcome.Delivered);
        Check(receiver);
    }

    private static AttemptOutcome Fate(Random random, int badness) => random.Next(12) >= badness
        ? AttemptOutcome.Delivered
        : random.Next(20) switch
        {
            0 => AttemptOutcome.Gone,
            < 4 => AttemptOutcome.SlowDown,
            4 => AttemptOutcome.Dropped,
            _ => AttemptOutcome.Failed,
        };

    private static void Check(Receiver receiver)
    {
        var failed = receiver.Rows.Values.Where(static r => r.Status == DeliveryStatus.Failed).Select(static r => (r.TenantId, r.Position)).ToHashSet();
        foreach (var e in receiver.Logs.SelectMany(static l => l))
        {
            Assert.True(
                receiver.Taken.Contains(e) || failed.Contains((e.TenantId, e.Position)),
                $"Event {e.Number} of {e.Subject} was neither delivered nor failed.");
        }

        foreach (var conversation in receiver.Taken.GroupBy(static e => (e.TenantId, e.Subject)))
        {
            // Repeats follow a crash: an event is first taken only after all before it were first taken, or failed.
            var first = conversation.Select(static e => e.Number).Distinct().ToList();
            Assert.Equal(first.Order(), first);
        }

        Assert.Equal(receiver.Logs.Select(static l => (long)l.Count), receiver.Kept.Place.Done);
        Assert.Empty(receiver.Kept.Place.Waiting);
    }
}
