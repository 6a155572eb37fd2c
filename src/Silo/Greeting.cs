using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Parley.Api;

namespace Parley.Silo;

/// <summary>Tells the person at the console where things are.</summary>
internal sealed class Greeting(SiloSettings settings, IServer server, IOptions<ApiOptions> api) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? api.Value.PublicUrl;
        if (settings.PublicUrl is null)
        {
            // The port may be chosen by the system: only now it is known.
            api.Value.PublicUrl = SiloSettings.Reachable(address);
        }

        await Console.Out.WriteLineAsync(string.Join(Environment.NewLine, Lines(address)));
        if (settings.Role != NodeRole.Silo && Uri.TryCreate(api.Value.PublicUrl, UriKind.Absolute, out var reached) && reached.IsLoopback)
        {
            await Console.Out.WriteLineAsync(
                "  Warning: only gateways on this machine reach that address. Set Parley:PublicUrl for others (containers too).");
        }
    }

    private IEnumerable<string> Lines(string address)
    {
        yield return $"Parley is ready on {address}";
        if (settings.Role == NodeRole.Silo)
        {
            yield return $"  Health        {address}/health/ready; this node serves no API";
        }
        else
        {
            yield return $"  API and docs  {address}/docs";
        }

        if (settings.Cluster is { } cluster)
        {
            yield return settings.Role == NodeRole.Api
                ? $"  Cluster       '{cluster.ClusterId}', as a client of its silos"
                : $"  Cluster       '{cluster.ClusterId}', silo port {cluster.SiloPort}, gateway port {cluster.GatewayPort}";
        }
        else
        {
            yield return $"  Data          {settings.DataDirectory}";
        }

        yield return $"  Admin key     {settings.AdminKeyPath ?? "as configured (Parley:AdminKey)"}";
        if (settings.Role != NodeRole.Silo)
        {
            yield return $"  Gateways      post to {api.Value.PublicUrl}/webhooks/evolution/<token>";
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
