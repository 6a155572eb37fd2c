using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Parley.Cluster.Tests;

/// <summary>What a node refuses to start with, and how it says so.</summary>
public sealed class ConfigurationTests
{
    private const string Nobody = "mongodb://127.0.0.1:1/parley?replicaSet=none";

    [Theory]
    [InlineData("silo")]
    [InlineData("api")]
    public async Task a_role_of_a_cluster_without_a_MongoDB_is_refused(string role)
    {
        var (code, output) = await ParleyProcess.RunToEnd(null, "--role", role);

        Assert.Equal(2, code);
        Assert.Contains("ConnectionStrings:MongoDB", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_unknown_role_is_refused()
    {
        var (code, output) = await ParleyProcess.RunToEnd(null, "--role", "worker");

        Assert.Equal(2, code);
        Assert.Contains("'worker'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_cluster_without_an_admin_key_is_refused()
    {
        var (code, output) = await ParleyProcess.RunToEnd(null, "--ConnectionStrings:MongoDB", Nobody, "--Parley:AdminKey", "");

        Assert.Equal(2, code);
        Assert.Contains("Parley:AdminKey", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://user:hidden-word@127.0.0.1:1/parley")]
    [InlineData("mongodb://user:hidden-word@127.0.0.1:port/parley")]
    [InlineData("mongodb://user:hidden-word@127.0.0.1/parley?replicaSet=rs0&w=often&readPreference=none")]
    public async Task a_connection_string_that_is_none_is_refused_and_not_repeated(string address)
    {
        var (code, output) = await ParleyProcess.RunToEnd(null, "--ConnectionStrings:MongoDB", address);

        Assert.Equal(2, code);
        Assert.Contains("ConnectionStrings:MongoDB", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-word", output, StringComparison.Ordinal);
    }

    /// <summary>Orleans itself would share it, without a word.</summary>
    [Theory]
    [InlineData("Orleans:SiloPort")]
    [InlineData("Orleans:GatewayPort")]
    public async Task a_port_that_another_program_has_is_refused(string key)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        // As Orleans opens its own: in a way that may be shared.
        other.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);

        var (code, output) = await ParleyProcess.RunToEnd(
            null, "--ConnectionStrings:MongoDB", Nobody, "--Orleans:AdvertisedIP", "127.0.0.1", $"--{key}", port);

        Assert.Equal(3, code);
        Assert.Contains(port, output, StringComparison.Ordinal);
        Assert.Contains(key, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task of_a_network_the_address_that_the_machine_has_in_it_is_taken()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);

        var (code, output) = await ParleyProcess.RunToEnd(
            null, "--ConnectionStrings:MongoDB", Nobody, "--Orleans:AdvertisedIP", "127.0.0.0/8", "--Orleans:SiloPort", port);

        Assert.Equal(3, code);
        Assert.Contains($"{port} of 127.0.0.1", output, StringComparison.Ordinal);
    }

    /// <summary>The first is kept for documentation: no machine has an address in it.</summary>
    [Theory]
    [InlineData("203.0.113.0/24", "no address in that network")]
    [InlineData("127.0.0.0/99", "no address that others could reach")]
    [InlineData("0.0.0.0", "no address that others could reach")]
    [InlineData("silo", "no address that others could reach")]
    public async Task an_advertised_address_that_is_none_is_refused(string text, string reason)
    {
        var (code, output) = await ParleyProcess.RunToEnd(null, "--ConnectionStrings:MongoDB", Nobody, "--Orleans:AdvertisedIP", text);

        Assert.Equal(2, code);
        Assert.Contains($"'{text}'", output, StringComparison.Ordinal);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task of_two_silos_that_start_with_one_port_at_once_one_is_refused()
    {
        var (silo, gateway) = (FreePorts.Next().ToString(CultureInfo.InvariantCulture), FreePorts.Next().ToString(CultureInfo.InvariantCulture));
        string[] arguments =
        [
            "--ConnectionStrings:MongoDB", Nobody, "--Orleans:AdvertisedIP", "127.0.0.1", "--Orleans:SiloPort", silo, "--Orleans:GatewayPort", gateway,
        ];
        await using var one = ParleyProcess.Launch(arguments);
        await using var two = ParleyProcess.Launch(arguments);

        // The one that has them waits for its MongoDB, the other one ends.
        await Poll.Until(() => Task.FromResult(one.HasExited || two.HasExited), "One of them ends");
        var (ended, waits) = one.HasExited ? (one, two) : (two, one);

        Assert.Equal(3, await ended.Ended());
        await Poll.Until(() => Task.FromResult(waits.Output.Contains("Waiting for MongoDB", StringComparison.Ordinal)), "The other one waits");
        Assert.False(waits.HasExited);
    }
}
