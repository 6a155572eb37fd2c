using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Simulator.Stores;

public sealed partial class ModelStore : IGatewayStore
{
    private readonly Dictionary<string, Gateway> _gateways = new(StringComparer.Ordinal);

    public Task<bool> CreateGateway(Gateway gateway, CancellationToken cancellationToken) =>
        Task.FromResult(_gateways.TryAdd(gateway.GatewayId, gateway));

    public Task<Gateway?> ReadGateway(string gatewayId, CancellationToken cancellationToken) =>
        Task.FromResult(_gateways.GetValueOrDefault(gatewayId));

    public Task<Page<Gateway>> ListGateways(PageRequest page, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> UpdateGateway(Gateway gateway, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> DeleteGateway(string gatewayId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Gateway?> FindGatewayByToken(byte[] sha256, CancellationToken cancellationToken) => throw new NotSupportedException();
}
