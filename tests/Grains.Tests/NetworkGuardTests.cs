using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Parley.Domain.Webhooks;
using Parley.Ingest.Outbound;

namespace Parley.Grains.Tests;

/// <summary>What is posted reaches no network that the operator did not name, whatever a name leads to and whenever it changes.</summary>
public sealed class NetworkGuardTests
{
    private const string Public = "93.184.216.34";
    private const string PublicV6 = "2606:2800:220:1:248:1893:25c8:1946";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Inside =>
    [
        // IPv4: this host, private, shared, loopback, link-local with the clouds' metadata, multicast, broadcast.
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1",
        "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255",

        // What clouds answer machines of theirs at, by a shared and by a public address.
        "100.100.100.200", "168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::168.63.129.16",

        // IPv6: loopback, unspecified, unique local (with metadata), link-local (with and without a zone), site-local, multicast.
        "::1", "::", "fc00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "fe80::1%1", "febf::1", "fec0::1", "ff02::1",

        // IPv4 in IPv6: mapped, compatible, translated, NAT64 (well-known and local), 6to4, Teredo.
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1",
        "64:ff9b::169.254.169.254", "64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:5db8:d822::1",
        "2001:0:7f00:1::", "2001:db8::1", "100::1",
    ];

    [Theory]
    [MemberData(nameof(Inside))]
    public async Task a_name_that_leads_inside_is_refused(string address)
    {
        foreach (var addresses in (string[][])[[address], [Public, address], [address, PublicV6]])
        {
            var guard = new NetworkGuard([], Resolves(addresses));
            Assert.Equal(NetworkVerdict.Refused, await guard.Judge(new Uri("https://hooks.shop.example/in"), Stop));
        }

        var only = new NetworkGuard([], Resolves(address));
        await Assert.ThrowsAsync<NetworkRefusedException>(
            async () => await only.Connect(new DnsEndPoint("hooks.shop.example", 443), namedOnly: false, Stop));
    }

    [Theory]
    [InlineData(Public)]
    [InlineData(PublicV6)]
    [InlineData("::ffff:93.184.216.34")]
    [InlineData("64:ff9b::93.184.216.34")]
    public async Task a_name_that_leads_outside_is_allowed_with_TLS_only(string address)
    {
        var guard = new NetworkGuard([IPNetwork.Parse("10.1.0.0/16")], Resolves(address));
        Assert.Equal(NetworkVerdict.Allowed, await guard.Judge(new Uri("https://hooks.shop.example/in"), Stop));
        Assert.Equal(NetworkVerdict.NeedsTls, await guard.Judge(new Uri("http://hooks.shop.example/in"), Stop));
        await Assert.ThrowsAsync<NetworkRefusedException>(
            async () => await guard.Connect(new DnsEndPoint("hooks.shop.example", 80), namedOnly: true, Stop));
    }

    [Fact]
    public async Task a_network_that_the_operator_named_is_allowed_without_TLS_too_and_no_other()
    {
        var guard = new NetworkGuard([IPNetwork.Parse("10.1.0.0/16")], Resolves("10.1.2.3"));
        Assert.Equal(NetworkVerdict.Allowed, await guard.Judge(new Uri("http://hooks.shop.example/in"), Stop));
        Assert.Equal(NetworkVerdict.Refused, await new NetworkGuard([IPNetwork.Parse("10.1.0.0/16")], Resolves("10.1.2.3", "10.2.2.3")).Judge(new Uri("http://hooks.shop.example/in"), Stop));
    }

    [Fact]
    public async Task a_name_without_an_address_is_none()
    {
        Assert.Equal(NetworkVerdict.NoAddress, await new NetworkGuard([], Resolves()).Judge(new Uri("https://hooks.shop.example/in"), Stop));
        var unknown = new NetworkGuard([], static (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        Assert.Equal(NetworkVerdict.NoAddress, await unknown.Judge(new Uri("https://hooks.shop.example/in"), Stop));
    }

    [Theory]
    [InlineData("https")]
    [InlineData("http")]
    public async Task a_name_that_leads_inside_only_when_it_is_connected_to_is_refused_then(string scheme)
    {
        using var inside = new TcpListener(IPAddress.Loopback, 0);
        inside.Start();
        var port = ((IPEndPoint)inside.LocalEndpoint).Port;
        var url = new Uri($"{scheme}://hooks.shop.example:{port}/in");
        var asked = new ConcurrentQueue<string>();
        var guard = new NetworkGuard(
            [IPNetwork.Parse($"{Public}/32")],
            (host, _) =>
            {
                // It is another one from the second time on.
                asked.Enqueue(host);
                return Task.FromResult<IPAddress[]>([IPAddress.Parse(asked.Count == 1 ? Public : "127.0.0.1")]);
            });
        Assert.Equal(NetworkVerdict.Allowed, await guard.Judge(url, Stop));
        var accepting = inside.AcceptTcpClientAsync(Stop).AsTask();
        using var poster = new WebhookConnections(guard, new WebhookOptions(), TimeProvider.System).Open();
        var result = await poster.Post(url, ["whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"], "evt_1", "{}"u8.ToArray(), Stop);
        Assert.Equal((AttemptOutcome.Failed, "network_refused"), (result.Outcome, result.Shown!.Error));
        Assert.Equal(["hooks.shop.example", "hooks.shop.example"], asked);
        Assert.False(accepting.IsCompleted);
        inside.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => accepting);
    }

    [Fact]
    public async Task a_name_that_leads_outside_a_named_network_later_gets_nothing_without_TLS()
    {
        var guard = new NetworkGuard([IPNetwork.Parse("10.1.0.0/16")], Resolves(Public));
        using var poster = new WebhookConnections(guard, new WebhookOptions(), TimeProvider.System).Open();
        var result = await poster.Post(
            new Uri("http://hooks.shop.example/in"), ["whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"], "evt_1", "{}"u8.ToArray(), Stop);
        Assert.Equal("network_refused", result.Shown!.Error);
    }

    [Fact]
    public async Task of_several_addresses_only_those_are_connected_to_that_are_allowed()
    {
        using var inbox = new Inbox();
        var guard = new NetworkGuard([IPNetwork.Parse("127.0.0.1/32")], Resolves("10.255.255.1", "127.0.0.1"));
        using var poster = new WebhookConnections(guard, new WebhookOptions(), TimeProvider.System).Open();
        var url = new UriBuilder(inbox.Url) { Host = "localhost" }.Uri;
        var result = await poster.Post(url, ["whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"], "evt_1", "{}"u8.ToArray(), Stop);
        Assert.NotEqual("network_refused", result.Shown!.Error);
        Assert.NotNull(result.Shown.StatusCode);
    }

    private static Func<string, CancellationToken, Task<IPAddress[]>> Resolves(params string[] addresses) =>
        (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Select(static a => IPAddress.Parse(a))]);
}
