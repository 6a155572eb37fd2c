using System.Globalization;

namespace Parley.Cluster.Tests;

/// <summary>More than a node can take in at a time, because its silos do not answer.</summary>
public sealed class OverloadTests
{
    private const int Bound = 4;

    [Fact]
    public async Task an_api_node_whose_silo_stands_still_sheds_what_is_beyond_its_bound_and_loses_nothing()
    {
        await using var cluster = await TestCluster.New();
        var silo = await cluster.Start("silo");
        var bound = Bound.ToString(CultureInfo.InvariantCulture);
        var api = await cluster.Start("api", "--Parley:MaxConcurrentRequests", bound, "--Parley:MaxWaitingRequests", bound);
        var tenant = await api.NewTenant();
        await tenant.Accept(Webhook.Text("5511987650002", "before"));

        silo.Freeze();
        var posts = Enumerable.Range(0, 5 * Bound)
            .Select(i => (Body: Webhook.Text($"55119876501{i.ToString("D2", CultureInfo.InvariantCulture)}", "meanwhile"), i))
            .Select(p => (p.Body, Answer: tenant.Webhook(p.Body)))
            .ToList();

        // Those beyond the bound are told at once, while the others still wait.
        await Poll.Until(() => Task.FromResult(posts.Count(static p => p.Answer.IsCompleted) >= 3 * Bound), "what is too much is refused");
        var refused = posts.Where(static p => p.Answer.IsCompleted).ToList();
        foreach (var (_, answer) in refused)
        {
            Assert.NotNull((await answer).Expect(503, "overloaded").Header("Retry-After"));
        }

        Assert.Equal(3 * Bound, refused.Count);
        (await tenant.Client.Get("/health/live")).Expect(200);
        silo.Thaw();
        foreach (var (body, answer) in posts)
        {
            if ((await answer).Status != 200)
            {
                // As a gateway does.
                await Poll.Until(async () => (await tenant.Webhook(body)).Status == 200, "what was refused is taken later");
            }
        }

        Assert.Equal(1 + (5 * Bound), (await tenant.Client.All("/messages", 100)).Count);
    }
}
