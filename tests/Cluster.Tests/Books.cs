using Parley.Ports;

namespace Parley.Cluster.Tests;

/// <summary>What was acknowledged against what the cluster keeps.</summary>
internal static class Books
{
    /// <summary>Every acknowledged message once, no gap, statuses forward only, and the log of events complete and in order.</summary>
    public static async Task Balance(TestCluster cluster, ParleyProcess node, TestTenant tenant, IReadOnlyCollection<Expected> told)
    {
        using var client = node.With(tenant.ApiKey);
        var ids = await LoadCheck.Check(client, told, editsWaited: false);
    }
}
