using FsCheck.Xunit;
using Parley.Domain.Messages;

namespace Parley.Domain.Tests.Messages;

public sealed class ChangeOrderTests
{
    [Property(MaxTest = 2_000)]
    public void changes_of_one_gateway_have_a_total_order(int seed)
    {
        var random = new Random(seed);
        var (a, b, c) = (One(random, "one"), One(random, "one"), One(random, "one"));

        Assert.Equal(Sign(a, b), -Sign(b, a));
        Assert.Equal(0, Sign(a, a));
        Assert.True(Sign(a, b) != 0 || a == b);
        if (Sign(a, b) >= 0 && Sign(b, c) >= 0)
        {
            Assert.True(Sign(a, c) >= 0);
        }
    }

    [Property(MaxTest = 2_000)]
    public void the_latest_does_not_depend_on_the_order_of_arrival(int seed)
    {
        var random = new Random(seed);
        var changes = Enumerable.Range(0, random.Next(1, 8)).Select(_ => One(random, random.Next(2) == 0 ? "one" : "two")).ToArray();
        var expected = Latest(changes);
        for (var i = 0; i < 5; i++)
        {
            random.Shuffle(changes);
            Assert.Equal(expected, Latest(changes));
        }
    }

    [Fact]
    public void of_nothing_nothing_is_the_latest() => Assert.Null(Latest([]));

    [Fact]
    public void a_change_without_a_time_of_its_own_never_beats_one_that_has_it() => Assert.True(
        ChangeOrder.Compare(new ChangeStamp(null, 9, "one"), "z", new ChangeStamp(1, null, "one"), "a") < 0);

    [Fact]
    public void the_senders_time_comes_before_the_envelopes() => Assert.True(
        ChangeOrder.Compare(new ChangeStamp(2, 1, "one"), "a", new ChangeStamp(1, 9, "one"), "z") > 0);

    [Fact]
    public void envelopes_are_compared_within_one_gateway_only()
    {
        Assert.True(ChangeOrder.Compare(new ChangeStamp(1, 2, "one"), "a", new ChangeStamp(1, 1, "one"), "z") > 0);
        Assert.True(ChangeOrder.Compare(new ChangeStamp(1, 2, "one"), "a", new ChangeStamp(1, 1, "two"), "z") < 0);
    }

    [Fact]
    public void a_removal_wins_over_the_greatest_text() => Assert.True(
        ChangeOrder.Compare(new ChangeStamp(1, 1, "one"), null, new ChangeStamp(1, 1, "one"), "\uffff") > 0);

    private static Change One(Random random, string gateway) =>
        new(Sample.Stamp(random, gateway), Sample.Pick(random, (ReadOnlySpan<string?>)[null, "a", "b", "B"]));

    private static int Sign(Change a, Change b) => Math.Sign(ChangeOrder.Compare(a.Stamp, a.Text, b.Stamp, b.Text));

    /// <summary>Only what a reader sees of the winner: two gateways may tell the very same change.</summary>
    private static (long?, string?)? Latest(IEnumerable<Change> changes) =>
        ChangeOrder.Latest(changes, static c => c.Stamp, static c => c.Text) is { } latest ? (latest.Stamp.SentMs, latest.Text) : null;

    private sealed record Change(ChangeStamp Stamp, string? Text);
}
