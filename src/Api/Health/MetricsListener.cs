using Microsoft.Extensions.Options;
using Prometheus;

namespace Parley.Api.Health;

/// <summary>Serves <c>/metrics</c> on a port of its own, where the network is what protects it.</summary>
internal sealed class MetricsListener(IOptions<ApiOptions> options) : IHostedService, IDisposable
{
    private KestrelMetricServer? _server;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.MetricsPort is { } port)
        {
            _server = new KestrelMetricServer(port);
            _server.Start();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync() ?? Task.CompletedTask;

    public void Dispose() => _server?.Dispose();
}
