using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using Orleans.Configuration;

namespace Parley.Silo;

/// <summary>What the configuration says of the cluster. There is one when it names a MongoDB.</summary>
internal sealed record ClusterSettings
{
    private const string DefaultClusterId = "parley";

    /// <summary>Names the servers and the database.</summary>
    public required string ConnectionString { get; init; }

    public required string ClusterId { get; init; }

    public required int SiloPort { get; init; }

    public required int GatewayPort { get; init; }

    /// <summary>The address at which the other nodes reach this one; null = Orleans takes the lowest that this machine has in IPv4.</summary>
    public required IPAddress? AdvertisedIP { get; init; }

    /// <summary>Null = the silo's ports are plain.</summary>
    public required TlsSettings? Tls { get; init; }

    /// <summary>Whether the advertised address is one of this machine's. It is not where an address is translated on the way.</summary>
    public bool ListensOnAdvertised => AdvertisedIP is null || IPAddress.IsLoopback(AdvertisedIP) || OwnAddresses().Contains(AdvertisedIP);

    /// <returns>Null when the configuration names no MongoDB.</returns>
    public static ClusterSettings? Read(IConfiguration configuration)
    {
        if (configuration.GetConnectionString("MongoDB") is not { } address || string.IsNullOrWhiteSpace(address))
        {
            return null;
        }

        return new ClusterSettings
        {
            ConnectionString = Checked(address.Trim()),
            ClusterId = configuration["Parley:ClusterId"] is { Length: > 0 } id ? id : DefaultClusterId,
            SiloPort = Port(configuration, "Orleans:SiloPort", EndpointOptions.DEFAULT_SILO_PORT),
            GatewayPort = Port(configuration, "Orleans:GatewayPort", EndpointOptions.DEFAULT_GATEWAY_PORT),
            AdvertisedIP = Address(configuration["Orleans:AdvertisedIP"]),
            Tls = TlsSettings.Read(configuration.GetSection("Orleans:Tls")),
        };
    }

    /// <summary>The message never repeats the string: there is a password in it.</summary>
    private static string Checked(string address) => Storage.MongoDB.Clustering.MongoClusteringOptions.IsAddress(address)
        ? address
        : throw new SettingsException("ConnectionStrings:MongoDB is no address of a MongoDB (mongodb://host:27017/parley?replicaSet=rs0).");

    private static int Port(IConfiguration configuration, string key, int byDefault) => configuration[key] switch
    {
        null or "" => byDefault,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 => port,
        var text => throw new SettingsException($"{key} '{text}' is no port."),
    };

    /// <summary>An address, or the network that it is in: containers of one service have addresses that nobody knows before.</summary>
    private static IPAddress? Address(string? text) => text switch
    {
        null or "" => null,
        _ when IPNetwork.TryParse(text, out var network) =>
            OwnAddresses().FirstOrDefault(network.Contains)
                ?? throw new SettingsException($"Orleans:AdvertisedIP '{text}': this machine has no address in that network."),
        _ when IPAddress.TryParse(text, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) => address,
        _ => throw new SettingsException($"Orleans:AdvertisedIP '{text}' is no address that others could reach."),
    };

    private static IEnumerable<IPAddress> OwnAddresses() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(static network => network.GetIPProperties().UnicastAddresses)
        .Select(static unicast => unicast.Address);
}
