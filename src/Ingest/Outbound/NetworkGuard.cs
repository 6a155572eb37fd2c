using System.Net;
using System.Net.Sockets;

namespace Parley.Ingest.Outbound;

/// <summary>Which addresses a URL of a tenant may reach: public ones, and the private networks that the operator named.</summary>
/// <remarks>What is reserved follows the IANA special-purpose address registries (RFC 6890), and a cloud's address that only looks public.</remarks>
/// <param name="allowed">The private networks that the operator named.</param>
/// <param name="resolve">Finds the addresses of a name; null = the system does.</param>
public sealed class NetworkGuard(IEnumerable<IPNetwork> allowed, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    /// <summary>The setting that allows a private network.</summary>
    public const string Setting = "Parley:AllowedPrivateNetworks";

    private static readonly IPNetwork[] Reserved =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10",
            "ff00::/8",

            // Azure's host answers here from inside its virtual machines; the other clouds use link-local and private addresses.
            "168.63.129.16/32",
        }.Select(static n => IPNetwork.Parse(n)),
    ];

    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    private readonly IPNetwork[] _allowed = [.. allowed];
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    public bool Allows(IPAddress address)
    {
        address = Plain(address);
        return Array.Exists(_allowed, n => n.Contains(address)) || !Array.Exists(Reserved, n => n.Contains(address));
    }

    /// <summary>Whether something may be posted to a URL, as its name now resolves. That is asked again whenever a connection is made.</summary>
    public async Task<NetworkVerdict> Judge(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await LookUp(url.IdnHost, cancellationToken);
            return addresses.Count == 0 ? NetworkVerdict.NoAddress
                : !addresses.All(Allows) ? NetworkVerdict.Refused
                : url.Scheme == Uri.UriSchemeHttp && !addresses.All(Names) ? NetworkVerdict.NeedsTls
                : NetworkVerdict.Allowed;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return NetworkVerdict.NoAddress;
        }
    }

    /// <summary>Connects to a host at an address that is allowed: looked up once, so that it cannot change between check and use.</summary>
    /// <param name="namedOnly">Whether only a network will do that the operator named: without TLS nothing leaves those.</param>
    /// <exception cref="NetworkRefusedException">No address of the host is allowed.</exception>
    public async ValueTask<Stream> Connect(DnsEndPoint host, bool namedOnly, CancellationToken cancellationToken)
    {
        var addresses = await LookUp(host.Host, cancellationToken);
        var reachable = addresses.Where(a => namedOnly ? Names(a) : Allows(a)).ToArray();
        if (reachable.Length == 0)
        {
            throw new NetworkRefusedException(host.Host);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether an address is in a network that the operator named.</summary>
    private bool Names(IPAddress address) => Array.Exists(_allowed, n => n.Contains(Plain(address)));

    /// <summary>The addresses of a host that a URL names.</summary>
    /// <exception cref="SocketException">There is no such host.</exception>
    private async Task<IReadOnlyList<IPAddress>> LookUp(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await _resolve(host, cancellationToken);

    /// <summary>The IPv4 address that an IPv6 one stands for.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && Translated.Contains(address)
            ? new IPAddress(address.GetAddressBytes().AsSpan(12))
            : address;
    }
}

/// <summary>A URL leads into a network that is not allowed.</summary>
public sealed class NetworkRefusedException(string host)
    : Exception($"{host} is in a private or reserved network. The operator can allow it by {NetworkGuard.Setting}.");

/// <summary>Whether something may be posted to a URL.</summary>
public enum NetworkVerdict
{
    Allowed,

    /// <summary>Its name leads to no address.</summary>
    NoAddress,

    /// <summary>It leads, perhaps among others, into a network that is not allowed.</summary>
    Refused,

    /// <summary>It is allowed, but not without TLS.</summary>
    NeedsTls,
}
