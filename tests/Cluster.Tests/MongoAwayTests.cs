namespace Parley.Cluster.Tests;

/// <summary>A MongoDB that is not there: at start, and under load.</summary>
public sealed class MongoAwayTests
{
    private const int Posters = 8;

    [Fact]
    public async Task a_node_that_starts_while_MongoDB_is_away_waits_and_says_so()
    {
        await using var set = await MongodSet.Start(1);
        await using var cluster = new TestCluster(set.NewDatabase());
        await set.Servers[0].Kill();
        var port = FreePorts.Next();
        var node = cluster.Launch("both", "--urls", $"http://127.0.0.1:{port}");
        using var nobody = new ParleyClient(new Uri($"http://127.0.0.1:{port}"), null);

        await Poll.Until(() => Task.FromResult(node.Output.Contains("Waiting for MongoDB", StringComparison.Ordinal)), "It says that it waits");
        await Poll.Until(async () => await nobody.StatusOf("/health/live") == 200, "It answers while it waits");
        (await nobody.Get("/health/ready")).Expect(503);

        set.Servers[0].Start();
        await node.Ready();
        (await nobody.Get("/health/ready")).Expect(200);
        var tenant = await node.NewTenant();
        await tenant.Accept(Webhook.Text("5511987650002", "hello"));
    }

    /// <summary>Anybody can make up a token that is well formed, and only the store tells that it is nobody's.</summary>
    [Fact]
    public async Task tokens_that_a_node_has_never_seen_hold_few_places_while_MongoDB_is_away()
    {
        const int Places = 16;
        await using var set = await MongodSet.Start(1);
        await using var cluster = new TestCluster(set.NewDatabase());
        var node = await cluster.Start(
            "both", "--Parley:MaxConcurrentRequests", $"{Places}", "--Parley:MaxWaitingRequests", "0", "--Parley:Intake:Patience", "00:01:00");
        var seen = await node.NewTenant();
        await seen.Accept(Webhook.Text("5511987650002", "before"));
        var strangers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => node.NewTenant()));
        await set.Servers[0].Kill();

        var asked = strangers.Select(static stranger => stranger.Webhook(Webhook.Text("5511987650002", "unseen"))).ToList();
        await Poll.Until(() => Task.FromResult(asked.Count(static answer => answer.IsCompleted) >= asked.Count - (Places / 8)), "Most are refused");
        foreach (var refused in asked.Where(static answer => answer.IsCompleted))
        {
            Assert.NotNull((await refused).Expect(503, "overloaded").Header("Retry-After"));
        }

        var held = asked.Where(static answer => !answer.IsCompleted).ToList();
        var own = Enumerable.Range(0, Places / 2).Select(n => seen.Webhook(Webhook.Text("5511987650002", $"seen {n}"))).ToList();
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.Equal(Places / 8, held.Count);
        Assert.DoesNotContain(held.Concat(own), static answer => answer.IsCompleted);

        set.Servers[0].Start();
        Assert.All(await Task.WhenAll(held.Concat(own)), static answer => answer.Expect(200));
    }

    [Fact]
    public async Task nothing_is_lost_or_doubled_when_MongoDB_is_killed_and_started_under_load()
    {
        await using var set = await MongodSet.Start(1);
        await using var cluster = new TestCluster(set.NewDatabase());
        var nodes = await cluster.StartAll("both", "both");
        var tenant = await nodes[0].NewTenant();
        var load = new Load(tenant, new Everybody(nodes), Posters, seed: 32_000);
        load.Start();
        for (var kill = 0; kill < 3; kill++)
        {
            await load.WaitFor(150);
            await set.Servers[0].Kill();

            // Longer than a node's silence that others would take for its death, were they not all silent.
            await Task.Delay(TimeSpan.FromSeconds(kill == 0 ? 20 : 2), TestContext.Current.CancellationToken);
            set.Servers[0].Start();
        }

        await load.WaitFor(150);
        await load.End();

        Figures.Report($"{load.Acknowledged} acknowledged, answers other than 200: {string.Join(", ", load.Refusals)}");
        Assert.Empty(load.Failures);
        Assert.All(nodes, static node => Assert.False(node.HasExited, node.Output));
        await Books.Balance(cluster, nodes[0], tenant, load.Done);
    }
}
