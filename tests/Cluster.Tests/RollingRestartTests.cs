namespace Parley.Cluster.Tests;

/// <summary>Every silo is replaced in turn, under load, behind a balancer that asks who is ready.</summary>
public sealed class RollingRestartTests
{
    private const int Posters = 8;

    /// <summary>Some eighty bodies a second in all: a node that starts has a machine to start on, and the books an end.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task no_request_fails_while_every_node_is_replaced()
    {
        await using var cluster = await TestCluster.New();
        var nodes = (await cluster.StartAll("both", "both", "both")).ToList();
        await using var balancer = new Balancer();
        nodes.ForEach(node => balancer.Add(node.Address));
        var tenant = await nodes[0].NewTenant();
        var load = new Load(tenant, balancer, Posters, seed: 31_000, Pause);
        load.Start();
        await load.WaitFor(200);

        foreach (var old in nodes.ToList())
        {
            // The new one first, as an upgrade without a loss of capacity does.
            var next = await cluster.Start("both");
            balancer.Add(next.Address);
            nodes.Add(next);
            Assert.Equal(0, await old.Stop());
            balancer.Remove(old.Address);
            nodes.Remove(old);
            await load.WaitFor(100);
        }

        await load.End();
        Figures.Report(
            $"{load.Acknowledged} acknowledged, answers other than 200: {string.Join(", ", load.Refusals)}");
        Assert.Empty(load.Failures);
        await Books.Balance(cluster, nodes[0], tenant, load.Done);
    }
}
