namespace Parley.Scenarios.Tests;

public sealed class ScenarioTests(SharedProcess shared)
{
    [Theory]
    [MemberData(nameof(ScenarioFiles.All), MemberType = typeof(ScenarioFiles))]
    public Task A_scenario_in_order_ends_as_expected(string scenario) => Replay.InOrder(shared.Parley, scenario);

    [Theory]
    [MemberData(nameof(ScenarioFiles.Seeded), MemberType = typeof(ScenarioFiles))]
    public Task A_scenario_shuffled_with_every_body_twice_ends_the_same(string scenario, int seed) =>
        Replay.Shuffled(shared.Parley, scenario, seed);
}
