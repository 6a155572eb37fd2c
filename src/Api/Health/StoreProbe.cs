using Parley.Ports;

namespace Parley.Api.Health;

/// <summary>The store answers reads.</summary>
internal sealed class StoreProbe(ITenantStore tenants) : IReadinessProbe
{
    public string Name => "store";

    public async Task<bool> IsReady(CancellationToken cancellationToken)
    {
        await tenants.ListTenants(new PageRequest(1), cancellationToken);
        return true;
    }
}
