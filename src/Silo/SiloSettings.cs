using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Parley.Api.Auth;
using Parley.Grains;
using Parley.Ingest.Outbound;
using Parley.Streaming.Kafka;

namespace Parley.Silo;

/// <summary>What the configuration says of this process.</summary>
internal sealed class SiloSettings
{
    private const string DefaultUrl = "http://127.0.0.1:5080";
    private static readonly TimeSpan DelayInCluster = TimeSpan.FromSeconds(5);
    private const string KeyFile = "admin.key";

    public required IConfigurationSection Section { get; init; }

    /// <summary>Full path.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where the web server listens; null when the configuration names ports in its own way.</summary>
    public required string? Urls { get; init; }

    /// <summary>Null = the address at which this process listens.</summary>
    public required string? PublicUrl { get; init; }

    public required NodeRole Role { get; init; }

    /// <summary>Null = one machine.</summary>
    public required ClusterSettings? Cluster { get; init; }

    /// <summary>Empty until <see cref="EnsureAdminKey"/>, where there is no cluster.</summary>
    public required string AdminKey { get; set; }

    /// <summary>Where the admin key is kept; null when it comes from the configuration.</summary>
    public string? AdminKeyPath { get; private set; }

    /// <summary>How long readiness fails before requests are no longer taken: in a cluster long enough for a balancer to look twice.</summary>
    public required TimeSpan ShutdownDelay { get; init; }

    /// <summary>Private networks that URLs of tenants may reach.</summary>
    public required IReadOnlyList<IPNetwork> AllowedPrivateNetworks { get; init; }

    /// <summary>What encrypts the keys of data protection; none = they are kept as they are.</summary>
    public required IReadOnlyList<X509Certificate2> KeyCertificates { get; init; }

    public required SendOptions Sends { get; init; }

    public required WebhookOptions Webhooks { get; init; }

    /// <summary>Null = no Kafka.</summary>
    public required KafkaOptions? Kafka { get; init; }

    /// <summary>Whether webhooks are kept in Kafka before they are taken in.</summary>
    public required bool IsBuffered { get; init; }

    public static SiloSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Parley");
        SettingsBounds.Check(section);
        var cluster = ClusterSettings.Read(configuration);
        var role = RoleOf(Text(configuration["role"]));
        var adminKey = Text(section["AdminKey"]) ?? "";
        if (cluster is null && role != NodeRole.Both)
        {
            throw new SettingsException(
                "Roles other than 'both' need a cluster: name its MongoDB with ConnectionStrings:MongoDB (ConnectionStrings__MongoDB in the environment).");
        }

        if (cluster is not null && adminKey.Length == 0)
        {
            throw new SettingsException("A cluster needs Parley:AdminKey, the same on every node.");
        }

        var kafka = KafkaSettings.Read(configuration);
        var isBuffered = KafkaSettings.IsBuffered(configuration, cluster, kafka);
        if (kafka is not null)
        {
            KafkaSettings.Check(kafka, isBuffered);
        }

        CheckUrls(configuration["urls"]);
        var namesPorts = configuration["urls"] is not null || configuration["http_ports"] is not null || configuration["https_ports"] is not null;
        return new SiloSettings
        {
            Section = section,
            DataDirectory = Path.GetFullPath(Text(section["DataDirectory"]) ?? "data"),
            Urls = namesPorts ? null : DefaultUrl,
            PublicUrl = Checked(Text(section["PublicUrl"])),
            AdminKey = adminKey,
            Role = role,
            Cluster = cluster,
            ShutdownDelay = section.GetValue("ShutdownDelay", cluster is null ? TimeSpan.Zero : DelayInCluster),
            AllowedPrivateNetworks = [.. (section.GetSection("AllowedPrivateNetworks").Get<string[]>() ?? []).Select(NetworkOf)],
            KeyCertificates = Silo.KeyCertificates.Read(section),
            Sends = SendsOf(section),
            Webhooks = WebhooksOf(section),
            Kafka = kafka,
            IsBuffered = isBuffered,
        };
    }

    /// <summary>Finds the admin key in the data directory, or makes one that only this user can read.</summary>
    public void EnsureAdminKey()
    {
        if (AdminKey.Length > 0)
        {
            return;
        }

        var path = Path.Combine(DataDirectory, KeyFile);
        try
        {
            AdminKeyPath = path;
            AdminKey = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
            if (AdminKey.Length == 0)
            {
                AdminKey = AdminKeys.New();
                Write(path, AdminKey);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The admin key '{path}' cannot be read or written: {e.Message}", e);
        }
    }

    /// <summary>What listens on every interface is reached on this machine by the loopback one.</summary>
    public static string Reachable(string address) => address
        .Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal)
        .Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
        .Replace("//+", "//127.0.0.1", StringComparison.Ordinal)
        .Replace("//*", "//127.0.0.1", StringComparison.Ordinal);

    /// <summary>A port of the loopback interface that nobody has.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Write(string path, string key)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new StreamWriter(path, options);
        file.WriteLine(key);
    }

    private static NodeRole RoleOf(string? text) => text switch
    {
        null => NodeRole.Both,
        _ when Enum.TryParse<NodeRole>(text, ignoreCase: true, out var role) && Enum.IsDefined(role) && !char.IsDigit(text[0]) => role,
        _ => throw new SettingsException($"The role '{text}' is none of silo, api and both."),
    };

    private static IPNetwork NetworkOf(string text) => IPNetwork.TryParse(text, out var network)
        ? network
        : throw new SettingsException($"Parley:AllowedPrivateNetworks: '{text}' is no CIDR block, as in 10.1.0.0/16.");

    private static SendOptions SendsOf(IConfigurationSection section)
    {
        var options = section.GetSection("Sends").Get<SendOptions>() ?? new SendOptions();
        options.Timeout = section.GetValue("SendTimeout", options.Timeout);
        return options.Timeout > TimeSpan.Zero && options.AtOnce > 0 && options.SendsPerMinute is null or > 0
            ? options
            : throw new SettingsException("Parley:SendTimeout and the bounds of Parley:Sends must be greater than zero.");
    }

    private static WebhookOptions WebhooksOf(IConfigurationSection section)
    {
        var options = section.GetSection("Webhooks").Get<WebhookOptions>() ?? new WebhookOptions();
        return options.IsUsable
            ? options
            : throw new SettingsException("The times and bounds of Parley:Webhooks must be greater than zero, and its Schedule begins with a pause of zero or more.");
    }

    private static void CheckUrls(string? urls)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsAddress(url))
            {
                throw new SettingsException($"urls: '{url}' is no address to listen on, as in http://0.0.0.0:5080.");
            }
        }
    }

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Port is >= 0 and < 65536;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string? Checked(string? url) =>
        url is null || (Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https")
            ? url?.TrimEnd('/')
            : throw new SettingsException($"Parley:PublicUrl '{url}' is no http or https address.");

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
