using System.Net.Sockets;
using Orleans.Messaging;

namespace Parley.Storage.MongoDB.Clustering.Tests;

public sealed class GatewayListTests
{
    [Fact]
    public async Task clients_are_told_the_active_silos_that_have_a_gateway()
    {
        await using var cluster = await Cluster.Begin();
        foreach (var status in Enum.GetValues<SiloStatus>().Where(static status => status != SiloStatus.Active))
        {
            await cluster.Insert(Cluster.Entry(status));
        }

        var closed = Cluster.Entry(SiloStatus.Active);
        closed.ProxyPort = 0;
        await cluster.Insert(closed);
        var one = await cluster.Insert(Cluster.Entry(SiloStatus.Active));
        var two = await cluster.Insert(Cluster.Entry(SiloStatus.Active, Cluster.Address("2001:db8::17")));
        IGatewayListProvider gateways = cluster.Gateways();

        await gateways.InitializeGatewayListProviderAsync(TestContext.Current.CancellationToken);
        var told = await gateways.GetGatewaysAsync(TestContext.Current.CancellationToken);

        Assert.Equal([Gateway(one), Gateway(two)], told.Select(static uri => uri.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task a_cluster_that_was_never_begun_has_no_gateway()
    {
        await using var cluster = await Cluster.Begin();
        await cluster.Table.DeleteMembershipTableEntriesAsync("one", TestContext.Current.CancellationToken);

        Assert.Empty(await cluster.Gateways().GetGatewaysAsync(TestContext.Current.CancellationToken));
    }

    private static string Gateway(MembershipEntry entry) =>
        $"gwy.tcp://{entry.SiloAddress.Endpoint.Address switch { { AddressFamily: AddressFamily.InterNetworkV6 } v6 => $"[{v6}]", var v4 => v4.ToString() }}:30000/{entry.SiloAddress.Generation}";
}
