using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Parley.Bench.Load;

/// <summary>The server as a process of its own, with a data directory of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string AdminKey = "bench-admin-key-0123456789";
    private readonly Process _process;
    private readonly HttpClient _http;

    private ServerProcess(Process process, int port, string data)
    {
        (_process, Data) = (process, data);
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public IPEndPoint EndPoint { get; }

    public string Host => $"127.0.0.1:{EndPoint.Port}";

    public string Data { get; }

    /// <summary>Megabytes.</summary>
    public double ResidentMemory
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="settings">Further ones.</param>
    public static async Task<ServerProcess> Start(string data, params string[] settings)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                typeof(ServerProcess).Assembly.Location,
                "serve",
                "--urls", $"http://127.0.0.1:{port}",
                "--Parley:DataDirectory", data,
                "--Parley:AdminKey", AdminKey,
            },
        };
        foreach (var setting in settings)
        {
            start.ArgumentList.Add(setting);
        }

        var server = new ServerProcess(Process.Start(start)!, port, data);
        server._process.OutputDataReceived += static (_, _) => { };
        server._process.BeginOutputReadLine();
        await server.Ready();
        return server;
    }

    /// <summary>Starts a silo of a cluster, with ports of its own.</summary>
    public static Task<ServerProcess> StartSilo(string data, string clusterId, string mongo) => Start(
        data,
        "--ConnectionStrings:MongoDB", mongo,
        "--Parley:ClusterId", clusterId,
        "--Parley:ShutdownDelay", "00:00:00",
        "--Orleans:AdvertisedIP", "127.0.0.1",
        "--Orleans:SiloPort", FreePort().ToString(CultureInfo.InvariantCulture),
        "--Orleans:GatewayPort", FreePort().ToString(CultureInfo.InvariantCulture));

    /// <returns>The path to which webhooks of a new tenant go, and its key.</returns>
    public async Task<(string Path, string Key)> CreateTenant(string tenantId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/tenants")
        {
            Content = JsonContent.Create(new { tenantId, name = tenantId }),
        };
        request.Headers.Authorization = new("Bearer", AdminKey);
        using var response = await _http.SendAsync(request);
        var answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>();
        return ($"/webhooks/evolution/{answer!["webhookToken"]}", (string)answer["apiKey"]!);
    }

    public async Task<JsonObject> Get(string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", key);
        using var response = await _http.SendAsync(request);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!;
    }

    /// <summary>Has all events of a tenant posted to an address.</summary>
    /// <returns>What <see cref="Delete"/> takes.</returns>
    public async Task<string> CreateWebhookEndpoint(Uri url, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhook-endpoints") { Content = JsonContent.Create(new { url }) };
        request.Headers.Authorization = new("Bearer", key);
        using var response = await _http.SendAsync(request);
        var answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>();
        return $"/webhook-endpoints/{answer!["endpointId"]}";
    }

    public async Task Delete(string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        request.Headers.Authorization = new("Bearer", key);
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task Ready()
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); DateTime.UtcNow < deadline; await Task.Delay(20))
        {
            try
            {
                using var answer = await _http.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        throw new TimeoutException("The server did not become ready.");
    }
}
