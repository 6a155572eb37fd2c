using Parley.Api.Health;

namespace Parley.Silo;

/// <summary>This silo is an active member of its cluster.</summary>
internal sealed class MembershipProbe(ISiloStatusOracle oracle) : IReadinessProbe
{
    public string Name => "membership";

    public Task<bool> IsReady(CancellationToken cancellationToken) => Task.FromResult(oracle.CurrentStatus == SiloStatus.Active);
}
