using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Simulator.Stores;

public sealed partial class FaultyStore : IGatewayStore
{
    public Task<Gateway?> ReadGateway(string gatewayId, CancellationToken cancellationToken) =>
        Call(nameof(ReadGateway), gatewayId, () => store.ReadGateway(gatewayId, CancellationToken.None), cancellationToken);

    // No history changes its gateways.
    public Task<bool> CreateGateway(Gateway gateway, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Page<Gateway>> ListGateways(PageRequest page, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> UpdateGateway(Gateway gateway, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> DeleteGateway(string gatewayId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Gateway?> FindGatewayByToken(byte[] sha256, CancellationToken cancellationToken) => throw new NotSupportedException();
}
