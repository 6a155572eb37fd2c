using System.Diagnostics;

namespace Parley.Cluster.Tests;

/// <summary>A node that is told to stop.</summary>
public sealed class StopTests
{
    private const string Peer = "5511987650002";

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task readiness_fails_first_and_until_then_requests_are_served()
    {
        await using var cluster = await TestCluster.New();
        await cluster.Start("silo");
        var node = await cluster.Start("both", "--Parley:ShutdownDelay", Delay.ToString());
        var tenant = await node.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "before"));
        using var nobody = node.With(null);

        var watch = Stopwatch.StartNew();
        node.BeginStop();
        await Poll.Until(async () => (await nobody.Get("/health/ready")).Status == 503, "Readiness fails");
        Assert.True(watch.Elapsed < Delay, $"Readiness failed after {watch.Elapsed}.");
        Assert.False((bool)(await nobody.Get("/health/ready")).Json["checks"]!["running"]!);
        (await nobody.Get("/health/live")).Expect(200);
        await tenant.Accept(Webhook.Text(Peer, "meanwhile"));

        Assert.Equal(0, await node.Ended());
        Assert.InRange(watch.Elapsed, Delay, Delay + TimeSpan.FromSeconds(30));
    }

    /// <summary>Without a good-bye it would still be among them: the others would have to find out, which takes seconds.</summary>
    [Fact]
    public async Task a_silo_leaves_the_membership_and_its_conversations_are_served_at_once()
    {
        await using var cluster = await TestCluster.New();
        var nodes = await cluster.StartAll("silo", "silo", "api");
        var tenant = await nodes[2].NewTenant();
        var peers = Enumerable.Range(0, 30).Select(static n => $"55119876500{10 + n}").ToList();
        await Task.WhenAll(peers.Select(peer => tenant.Accept(Webhook.Text(peer, "before"))));

        Assert.Equal(0, await nodes[0].Stop());

        Assert.Equal(["Active", "Dead"], (await cluster.Statuses()).Order(StringComparer.Ordinal));
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(peers.Select(peer => tenant.Accept(Webhook.Text(peer, "after"))));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public async Task a_node_that_is_told_to_stop_while_it_waits_for_MongoDB_ends_well_and_says_so()
    {
        await using var cluster = await TestCluster.New();
        var node = cluster.Launch("both", "--ConnectionStrings:MongoDB", $"mongodb://127.0.0.1:{FreePorts.Next()}/parley?replicaSet=rs0");
        await Poll.Until(() => Task.FromResult(node.Output.Contains("Waiting for MongoDB", StringComparison.Ordinal)), "It says that it waits");

        Assert.Equal(0, await node.Stop());
        Assert.Contains("stopped before it was ready", node.Output, StringComparison.Ordinal);
    }
}
