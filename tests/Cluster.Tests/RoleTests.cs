using System.Diagnostics;

namespace Parley.Cluster.Tests;

/// <summary>An api node in front of silos.</summary>
public sealed class RoleTests
{
    private const string Peer = "5511987650002";

    [Fact]
    public async Task a_silo_tells_its_health_and_metrics_and_serves_no_API()
    {
        await using var cluster = await TestCluster.New();
        var silo = await cluster.Start("silo");
        using var admin = silo.Admin();
        using var nobody = silo.With(null);

        (await nobody.Get("/health/live")).Expect(200);
        (await nobody.Get("/health/ready")).Expect(200);
        (await admin.Get("/metrics")).Expect(200);
        (await nobody.Get("/metrics")).Expect(401);
        (await admin.Get("/admin/tenants")).Expect(404);
        (await nobody.Get("/docs")).Expect(404);
        (await nobody.Post("/webhooks/evolution/hook_any")).Expect(404);
    }

    [Fact]
    public async Task an_api_node_serves_what_the_silos_own_and_is_no_member()
    {
        await using var cluster = await TestCluster.New();
        var nodes = await cluster.StartAll("silo", "silo", "api", "api");
        var tenant = await nodes[2].NewTenant();
        var id = Webhook.NewId();

        await tenant.Accept(Webhook.Text(Peer, "hello", id));
        Assert.Equal(1, (await tenant.Accept(Webhook.Text(Peer, "hello", id))).Number("duplicates"));

        // What one node answered every other one shows.
        using var elsewhere = nodes[3].With(tenant.ApiKey);
        Assert.Equal(id, (await elsewhere.Get("/messages")).Data.Single()!["externalId"]!.GetValue<string>());
        var conversation = Uri.EscapeDataString((await elsewhere.Get("/conversations")).Data.Single()!["conversationId"]!.GetValue<string>());
        Assert.Equal(0, (await elsewhere.Post($"/conversations/{conversation}/read")).Expect(200).Number("unreadCount"));
        (await tenant.Client.Delete($"/conversations/{conversation}")).Expect(204);
        (await elsewhere.Get($"/conversations/{conversation}")).Expect(404);
        Assert.Equal(["Active", "Active"], await cluster.Statuses());
    }

    [Fact]
    public async Task an_api_node_waits_for_the_first_silo_and_says_so()
    {
        await using var cluster = await TestCluster.New();
        var port = FreePorts.Next();
        var api = cluster.Launch("api", "--urls", $"http://127.0.0.1:{port}");
        using var nobody = new ParleyClient(new Uri($"http://127.0.0.1:{port}"), null);
        await Poll.Until(() => Task.FromResult(api.Output.Contains("there is no silo", StringComparison.Ordinal)), "It says that it waits");
        await Poll.Until(async () => await nobody.StatusOf("/health/live") == 200, "It answers while it waits");
        var waits = (await nobody.Get("/health/ready")).Expect(503);
        Assert.NotNull(waits.Header("Retry-After"));
        (await nobody.Get("/conversations")).Expect(503);

        await cluster.Start("silo");
        await api.Ready();
        (await nobody.Get("/health/ready")).Expect(200);
    }

    [Fact]
    public async Task an_api_node_without_a_silo_is_not_ready_and_answers_503()
    {
        await using var cluster = await TestCluster.New();
        var nodes = await cluster.StartAll("silo", "api");
        var (silo, api) = (nodes[0], nodes[1]);
        var tenant = await api.NewTenant();
        await tenant.Accept(Webhook.Text(Peer, "before"));

        await silo.Kill();

        using var nobody = api.With(null);
        await Poll.Until(async () => (await nobody.Get("/health/ready")).Status == 503, "Readiness fails");
        var posted = Stopwatch.GetTimestamp();
        var held = tenant.Webhook(Webhook.Text(Peer, "held"));
        var later = await tenant.Client.Post("/conversations/any/read");
        Assert.Contains(later.Status, (int[])[404, 503]);
        await cluster.Start("silo");
        await Poll.Until(async () => (await nobody.Get("/health/ready")).Status == 200, "Readiness is back");

        // A request is held for as long as a gateway waits; a silo that takes longer to come than that finds it answered.
        var answer = await held;
        if (answer.Status == 503)
        {
            Assert.True(Stopwatch.GetElapsedTime(posted) > TimeSpan.FromSeconds(18), "It was given up early.");
            answer = await tenant.Webhook(Webhook.Text(Peer, "held"));
        }

        answer.Expect(200);
    }
}
