using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Parley.Api.Health;

/// <summary>Serves <c>/metrics</c> on a port of its own, where the network is what protects it.</summary>
internal sealed class MetricsListener(IOptions<ApiOptions> options, MeterProvider metrics) : IHostedService, IAsyncDisposable
{
    private WebApplication? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.MetricsPort is { } port)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls($"http://*:{port.ToString(CultureInfo.InvariantCulture)}");
            _server = builder.Build();
            _server.UseOpenTelemetryPrometheusScrapingEndpoint(
                metrics, static context => context.Request.Path == "/metrics", path: null, configureBranchedPipeline: null, optionsName: null);
            await Listen(_server, port, cancellationToken);
        }
    }

    /// <exception cref="ApiPortTakenException">Another process has the port.</exception>
    /// <exception cref="ApiSettingsException">It cannot be opened for another reason.</exception>
    private static async Task Listen(WebApplication server, int port, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new ApiPortTakenException(
                string.Create(CultureInfo.InvariantCulture, $"Another process has the port {port}. Name another one with Parley:MetricsPort."), e);
        }
        catch (SocketException e)
        {
            throw new ApiSettingsException(
                string.Create(CultureInfo.InvariantCulture, $"The port {port} (Parley:MetricsPort) cannot be opened: {e.Message}"), e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
