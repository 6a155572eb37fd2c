namespace Parley.Scenarios.Tests;

/// <summary>The same scenarios with the same expectations, over three silos.</summary>
public sealed class ClusterScenarioTests(SharedCluster shared)
{
    [Theory]
    [MemberData(nameof(ScenarioFiles.All), MemberType = typeof(ScenarioFiles))]
    public async Task A_scenario_in_order_ends_as_expected_in_a_cluster(string scenario) => await Replay.InOrder(await shared.Api(), scenario);

    [Theory]
    [MemberData(nameof(ScenarioFiles.SeededTogether), MemberType = typeof(ScenarioFiles))]
    public async Task A_scenario_shuffled_with_every_body_twice_ends_the_same_in_a_cluster(string scenario, int seed) =>
        await Replay.Shuffled(await shared.Api(), scenario, seed);
}
