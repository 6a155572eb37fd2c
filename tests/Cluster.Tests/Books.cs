using Microsoft.Extensions.DependencyInjection;
using Parley.Ports;
using Parley.Storage.MongoDB;

namespace Parley.Cluster.Tests;

/// <summary>What was acknowledged against what the cluster keeps.</summary>
internal static class Books
{
    private const int PageSize = 1_000;

    /// <summary>Every acknowledged message once, no gap, statuses forward only, and the log of events complete and in order.</summary>
    public static async Task Balance(TestCluster cluster, ParleyProcess node, TestTenant tenant, IReadOnlyCollection<Expected> told)
    {
        Assert.NotEmpty(told);
        using var client = node.With(tenant.ApiKey);
        var ids = await LoadCheck.Check(client, told, editsWaited: false);
        LoadCheck.CheckEvents(await Events(cluster, tenant.Id), ids);
    }

    /// <summary>The tenant's log, once the cluster has numbered all that its commits left.</summary>
    public static async Task<IReadOnlyList<LoggedEvent>> Events(TestCluster cluster, string tenantId)
    {
        var services = new ServiceCollection().AddMongoStorage(new MongoOptions { ConnectionString = cluster.ConnectionString });
        await using var provider = services.BuildServiceProvider();
        var relay = provider.GetRequiredService<IEventRelay>();
        await Poll.Until(async () => (await relay.WaitingShards(CancellationToken.None)).Count == 0, "Every event is numbered");
        var log = provider.GetRequiredService<IEventLog>();
        var events = new List<LoggedEvent>();
        while (await log.ReadEvents(tenantId, events.Count == 0 ? 0 : events[^1].Position, PageSize, CancellationToken.None) is { Count: > 0 } page)
        {
            events.AddRange(page);
        }

        return events;
    }
}
