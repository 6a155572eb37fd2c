using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Parley.Silo;

/// <summary>Makes sure, for the life of the process, that a silo's ports are its own.</summary>
/// <remarks>Orleans opens its ports so that they may be shared, and on Linux two silos then share one without a word: each gets a part of the
/// other's connections. So a port is opened here first, and alone. Between that and Orleans' own opening another Parley could come; on Linux a
/// name without a file keeps it out, which is as wide as the port is (its network namespace) and ends with the process.</remarks>
internal sealed class SiloPorts : IDisposable
{
    private readonly List<Socket> _names = [];

    private SiloPorts()
    {
    }

    /// <exception cref="PortTakenException">Another process has one of them.</exception>
    public static SiloPorts Take(ClusterSettings cluster)
    {
        if (cluster.SiloPort == cluster.GatewayPort)
        {
            throw new SettingsException("Orleans:SiloPort and Orleans:GatewayPort must differ.");
        }

        var address = cluster is { AdvertisedIP: { } advertised, ListensOnAdvertised: true } ? advertised : IPAddress.Any;
        var ports = new SiloPorts();
        try
        {
            ports.Take(address, cluster.SiloPort, "Orleans:SiloPort");
            ports.Take(address, cluster.GatewayPort, "Orleans:GatewayPort");
            return ports;
        }
        catch
        {
            ports.Dispose();
            throw;
        }
    }

    public void Dispose() => _names.ForEach(static name => name.Dispose());

    private void Take(IPAddress address, int port, string key)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                var name = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                _names.Add(name);
                name.Bind(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"\0parley-silo-{address}-{port}")));
            }

            using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (OperatingSystem.IsWindows())
            {
                probe.ExclusiveAddressUse = true;
            }

            probe.Bind(new IPEndPoint(address, port));
            probe.Listen();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new PortTakenException($"Another process has the port {port} of {address}. Name another one with {key}.", e);
        }
        catch (SocketException e)
        {
            throw new SettingsException($"The port {port} of {address} ({key}) cannot be opened: {e.Message}", e);
        }
    }
}
