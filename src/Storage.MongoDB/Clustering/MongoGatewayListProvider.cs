using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Parley.Storage.MongoDB.Clustering;

/// <summary>Tells a client which silos it may connect to: the active ones that have a gateway.</summary>
internal sealed class MongoGatewayListProvider(
    ClusterCollection clusters, IOptions<ClusterOptions> cluster, IOptions<GatewayOptions> gateways) : IGatewayListProvider
{
    private readonly string _clusterId = cluster.Value.ClusterId;

    public TimeSpan MaxStaleness => gateways.Value.GatewayListRefreshPeriod;

    [Obsolete("Orleans asks no more.")]
    public bool IsUpdatable => true;

    public Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken = default)
    {
        var found = await clusters.Find(_clusterId, cancellationToken);
        return
        [
            .. (found?.Members ?? []).Where(static row => row.Status == (int)SiloStatus.Active && row.GatewayPort > 0).Select(GatewayOf),
        ];
    }

    public Task InitializeGatewayListProvider() => InitializeGatewayListProviderAsync(CancellationToken.None);

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    private static Uri GatewayOf(MemberRow row)
    {
        var silo = SiloAddress.FromParsableString(row.Silo);
        return SiloAddress.New(silo.Endpoint.Address, row.GatewayPort, silo.Generation).ToGatewayUri();
    }
}
