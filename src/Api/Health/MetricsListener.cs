using System.Globalization;
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
            await _server.StartAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
