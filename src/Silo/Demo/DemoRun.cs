using System.Net;
using System.Net.Sockets;

namespace Parley.Silo.Demo;

/// <summary><c>demo</c> on the command line: this very program on a directory of its own, with a simulated gateway and people who write.</summary>
/// <remarks>Parley runs as it always does; the demo is one of its callers, over HTTP, as any tenant and any gateway is.</remarks>
internal sealed class DemoRun : IAsyncDisposable
{
    private const string Verb = "demo";
    private const int UsualPort = 5080;
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(3);

    private readonly GatewayProcess _gateway;
    private readonly string? _throwAway;
    private Task _playing = Task.CompletedTask;

    private DemoRun(GatewayProcess gateway, string? throwAway, string[] arguments) =>
        (_gateway, _throwAway, Arguments) = (gateway, throwAway, arguments);

    /// <summary>What Parley is started with.</summary>
    public string[] Arguments { get; }

    /// <summary>Whether it ended because it could not go on.</summary>
    public bool Failed { get; private set; }

    /// <param name="args">The command line.</param>
    /// <returns>Null when no demo is asked for.</returns>
    /// <exception cref="DemoException">There is no gateway to show it with.</exception>
    public static async Task<DemoRun?> Prepare(string[] args)
    {
        if (args is not [Verb, .. var rest])
        {
            return null;
        }

        var gateway = await GatewayProcess.Start();
        var asked = new ConfigurationBuilder().AddCommandLine(rest).Build();
        var throwAway = asked["Parley:DataDirectory"] is null ? Directory.CreateTempSubdirectory("parley-demo-").FullName : null;
        string[] directory = throwAway is null ? [] : ["--Parley:DataDirectory", throwAway];

        // Of two the last counts, so what was asked for does; the environment may mean another Parley.
        return new DemoRun(
            gateway,
            throwAway,
            [
                "--urls", $"http://127.0.0.1:{Port()}", "--ConnectionStrings:MongoDB", "", "--role", "both", "--Parley:PublicUrl", "",
                "--Logging:LogLevel:Default", "Warning", "--Logging:LogLevel:Orleans", "Error", .. directory, .. rest,
            ]);
    }

    /// <summary>Begins when Parley is ready, and ends when it is told to stop.</summary>
    public void Join(WebApplication app, SiloSettings settings) =>
        app.Lifetime.ApplicationStarted.Register(() => _playing = Play(app, settings.AdminKey, app.Lifetime.ApplicationStopping));

    public async ValueTask DisposeAsync()
    {
        await _playing;
        await _gateway.DisposeAsync();
        if (_throwAway is not null)
        {
            Directory.Delete(_throwAway, recursive: true);
        }
    }

    private async Task Play(WebApplication app, string adminKey, CancellationToken stopping)
    {
        try
        {
            var address = new Uri(SiloSettings.Reachable(app.Urls.First()));
            using var admin = new JsonCalls(address, adminKey, stopping);
            using var phones = new JsonCalls(_gateway.Address, null, stopping);
            var shop = await DemoShop.Open(TenantId(), admin, phones, _gateway.Address);
            using var api = new JsonCalls(address, shop.ApiKey, stopping);
            var instance = await shop.Pair(api, phones, stopping);
            await Console.Out.WriteLineAsync(shop.Describe(address));
            var log = new DemoLog(api, shop, stopping);
            var traffic = new DemoTraffic(api, phones, instance, stopping);
            await Task.WhenAll(Repeat(log.Tell, stopping), Repeat(traffic.Act, stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception e) when (e is DemoException or HttpRequestException)
        {
            Failed = true;
            await Console.Error.WriteLineAsync($"The demo cannot go on: {e.Message}");
            app.Lifetime.StopApplication();
        }
    }

    /// <summary>In a directory that was named there may be a tenant of an earlier demo, whose phones are gone.</summary>
    private string TenantId() => _throwAway is null ? $"demo-{Guid.NewGuid().ToString("N")[..6]}" : "demo";

    /// <summary>What fails once may well work later, as in life.</summary>
    private static async Task Repeat(Func<Task> step, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await step();
            }
            catch (Exception e) when (e is DemoException or HttpRequestException && !stopping.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"The demo tries again later: {e.Message}");
                await Task.Delay(Breath, stopping);
            }
        }
    }

    /// <summary>The port of the documentation's examples, or any one where that is taken.</summary>
    private static int Port()
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, UsualPort);
            listener.Start();
            return UsualPort;
        }
        catch (SocketException)
        {
            return SiloSettings.FreePort();
        }
    }
}
