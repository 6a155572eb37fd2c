using Parley.Grains.Abstractions;

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
        Tenant = $"tenant-{Interlocked.Increment(ref _tenants)}";
        Chat = new Chat(cluster, Tenant);
        Cluster = cluster;
        TenantContext.Set(Tenant);
    }

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected Cluster Cluster { get; }

    protected string Tenant { get; }

    internal Chat Chat { get; }
}
