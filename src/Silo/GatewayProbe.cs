using Parley.Api.Health;

namespace Parley.Silo;

/// <summary>An api node reaches at least one silo of its cluster.</summary>
internal sealed class GatewayProbe : IReadinessProbe, IClusterConnectionStatusObserver
{
    /// <summary>The client does not start without a gateway, and nothing is ready before it has started.</summary>
    private volatile bool _connected = true;

    public string Name => "membership";

    public Task<bool> IsReady(CancellationToken cancellationToken) => Task.FromResult(_connected);

    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered) =>
        _connected = currentNumberOfGateways > 0;

    public void NotifyClusterConnectionLost() => _connected = false;
}
