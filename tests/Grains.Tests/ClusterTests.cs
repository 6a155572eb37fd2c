using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Grains.Tests;

[CollectionDefinition(nameof(Cluster))]
public sealed class ClusterCollection : ICollectionFixture<Cluster>;

/// <summary>A test with a tenant of its own on the shared cluster.</summary>
[Collection(nameof(Cluster))]
public abstract class ClusterTests
{
    private static int _tenants;

    protected ClusterTests(Cluster cluster)
    {
        Assert.SkipWhen(cluster.Missing is not null, cluster.Missing ?? "");
        Tenant = $"tenant-{Interlocked.Increment(ref _tenants)}";
        Chat = new Chat(cluster, Tenant);
        Cluster = cluster;
        TenantContext.Set(Tenant);
    }

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected Cluster Cluster { get; }

    protected string Tenant { get; }

    internal Chat Chat { get; }

    /// <summary>Wakes the tenant's worker until nothing is left to do, what was set aside included.</summary>
    internal async Task Work()
    {
        var worker = Cluster.Factories[1].GetGrain<ITenantWorkerGrain>(Tenant);
        var work = Cluster.Get<IWorkList>();
        do
        {
            try
            {
                await worker.Run();
            }
            catch (Exception e) when (Retryable.Is(e))
            {
                // Woken again, as by the clock.
            }

            await Task.Delay(20, Stop);
        }
        while ((await work.Due(Tenant, 1, DateTimeOffset.UtcNow.AddDays(1), Stop)).Count > 0);
    }
}
