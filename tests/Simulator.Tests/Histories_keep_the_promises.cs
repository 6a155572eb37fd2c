using System.Globalization;

namespace Parley.Simulator.Tests;

public sealed class Histories_keep_the_promises(ITestOutputHelper output)
{
    private const ulong Seeds = 3_000;

    [Fact]
    public void thousands_of_histories_break_none()
    {
        var result = Campaign.Run(from: 1, Seeds, Environment.ProcessorCount);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Histories} histories, {result.Steps} steps"));
        Assert.True(result.Failures.Count == 0, result.Failures.Count == 0 ? "" : Campaign.Describe(result.Failures[0], withTrace: true));
    }

    [Fact]
    public void a_seed_replays_its_history_exactly()
    {
        foreach (var seed in Enumerable.Range(1, 50).Select(s => (ulong)s))
        {
            var (first, second) = (Simulation.Run(seed), Simulation.Run(seed, keepsTrace: true));

            Assert.Equal(first.TraceHash, second.TraceHash);
            Assert.Equal(first.Steps, second.Steps);
            Assert.Equal(first.Fingerprint, second.Fingerprint);
        }
    }

    [Fact]
    public void every_order_ends_in_the_same_messages_statuses_and_counts()
    {
        foreach (var seed in Enumerable.Range(1, 300).Select(s => (ulong)s))
        {
            var (one, other) = Simulation.RunInTwoOrders(seed);

            Assert.Empty(one.Violations);
            Assert.Empty(other.Violations);
            Assert.Equal(one.Fingerprint, other.Fingerprint);
        }
    }

    [Fact]
    public void other_seeds_give_other_histories() =>
        Assert.Equal(50, Enumerable.Range(1, 50).Select(s => Simulation.Run((ulong)s).TraceHash).Distinct().Count());
}
