using System.Net;
using System.Net.Sockets;
using Parley.Api.Auth;

namespace Parley.Silo;

/// <summary>What the configuration says of this process.</summary>
internal sealed class SiloSettings
{
    private const string DefaultUrl = "http://127.0.0.1:5080";
    private const string KeyFile = "admin.key";

    public required IConfigurationSection Section { get; init; }

    /// <summary>Full path.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where the web server listens; null when the configuration names ports in its own way.</summary>
    public required string? Urls { get; init; }

    public required string PublicUrl { get; init; }

    /// <summary>Empty until <see cref="EnsureAdminKey"/>.</summary>
    public required string AdminKey { get; set; }

    /// <summary>Where the admin key is kept; null when it comes from the configuration.</summary>
    public string? AdminKeyPath { get; private set; }

    public bool IsPublicUrlLoopback =>
        Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url.IsLoopback;

    public static SiloSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Parley");
        var namesPorts = configuration["urls"] is not null || configuration["http_ports"] is not null || configuration["https_ports"] is not null;
        var urls = namesPorts ? configuration["urls"] : DefaultUrl;
        return new SiloSettings
        {
            Section = section,
            DataDirectory = Path.GetFullPath(Text(section["DataDirectory"]) ?? "data"),
            Urls = namesPorts ? null : DefaultUrl,
            PublicUrl = PublicUrlOf(Text(section["PublicUrl"]), urls, configuration["http_ports"]),
            AdminKey = Text(section["AdminKey"]) ?? "",
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

    private static string PublicUrlOf(string? configured, string? urls, string? ports)
    {
        if (configured is not null)
        {
            return Uri.TryCreate(configured, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? configured.TrimEnd('/')
                : throw new SettingsException($"Parley:PublicUrl '{configured}' is no http or https address.");
        }

        if (urls?.Split(';', 2)[0].Trim() is { Length: > 0 } first)
        {
            // What listens on every interface is reached on this machine by the loopback one.
            return first.Replace("//+", "//127.0.0.1", StringComparison.Ordinal)
                .Replace("//*", "//127.0.0.1", StringComparison.Ordinal)
                .Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
                .Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal)
                .TrimEnd('/');
        }

        return $"http://127.0.0.1:{ports?.Split(';', 2)[0].Trim()}";
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
