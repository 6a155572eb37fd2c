namespace Parley.Cluster.Tests;

/// <summary>A set of three servers whose primary goes, under load.</summary>
public sealed class PrimaryTests
{
    private const int Posters = 8;

    [Fact]
    public async Task nothing_is_lost_or_doubled_when_the_primary_is_killed() => await Loses(async (set, primary) =>
    {
        await primary.Kill();
        await set.Primary(other: primary);
        return () =>
        {
            primary.Start();
            return Task.CompletedTask;
        };
    });

    [Fact]
    public async Task nothing_is_lost_or_doubled_when_the_primary_is_frozen_and_wakes() => await Loses(async (set, primary) =>
    {
        primary.Freeze();
        await set.Primary(other: primary);
        return () =>
        {
            primary.Thaw();
            return Task.CompletedTask;
        };
    });

    [Fact]
    public async Task nothing_is_lost_or_doubled_when_the_primary_steps_down() => await Loses(static async (set, primary) =>
    {
        await set.StepDown();
        await set.Primary(other: primary);
        return static () => Task.CompletedTask;
    });

    private static async Task Loses(Func<MongodSet, Mongod, Task<Func<Task>>> lose)
    {
        await using var set = await MongodSet.Start(3);
        await using var cluster = new TestCluster(set.NewDatabase());
        var nodes = await cluster.StartAll("both", "both");
        var tenant = await nodes[0].NewTenant();
        var load = new Load(tenant, new Everybody(nodes), Posters, seed: 33_000);
        load.Start();
        await load.WaitFor(150);

        var bringBack = await lose(set, await set.Primary());
        await load.WaitFor(150);
        await bringBack();
        await load.WaitFor(150);
        await load.End();

        Figures.Report($"{load.Acknowledged} acknowledged, answers other than 200: {string.Join(", ", load.Refusals)}");
        Assert.Empty(load.Failures);
        Assert.All(nodes, static node => Assert.False(node.HasExited, node.Output));
        await Books.Balance(cluster, nodes[0], tenant, load.Done);
    }
}
