using System.Text;

namespace Parley.Cluster.Tests;

public sealed class DashboardTests
{
    [Theory]
    [InlineData("both")]
    [InlineData("api")]
    public async Task the_dashboard_is_the_administrator_s_alone(string role)
    {
        await using var cluster = await TestCluster.New();
        await cluster.Start("silo", "--Parley:Dashboard", "true");
        var node = await cluster.Start(role, "--Parley:Dashboard", "true");
        var tenant = await node.NewTenant();
        using var nobody = node.With(null);
        using var admin = node.Admin();

        foreach (var path in (string[])["/dashboard/", "/dashboard/index.html", "/dashboard/DashboardCounters", "/dashboard/Trace"])
        {
            var refused = (await nobody.Get(path)).Expect(401);
            Assert.StartsWith("Basic", refused.Header("WWW-Authenticate"), StringComparison.Ordinal);
            (await tenant.Client.Get(path)).Expect(401);
            (await nobody.Get(path, Basic("admin", "wrong"))).Expect(401);
            (await nobody.Get(path, ("Authorization", "Basic %%%"))).Expect(401);
        }

        (await admin.Get("/dashboard/")).Expect(200);
        (await nobody.Get("/dashboard/", Basic("anybody", ParleyProcess.AdminKey))).Expect(200);
        await Poll.Until(async () => (await admin.Get("/dashboard/DashboardCounters")).Status == 200, "The counters are there");
    }

    [Fact]
    public async Task there_is_none_unless_it_is_wanted()
    {
        await using var cluster = await TestCluster.New();
        var node = await cluster.Start("both");
        using var admin = node.Admin();

        (await admin.Get("/dashboard/")).Expect(404);
    }

    private static (string, string) Basic(string user, string password) =>
        ("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}");
}
