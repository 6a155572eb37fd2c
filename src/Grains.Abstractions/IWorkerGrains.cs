using Orleans.CodeGeneration;

namespace Parley.Grains.Abstractions;

/// <summary>Does the durable to-dos of one tenant: better addresses, merges, erasing. Key: the tenant's id.</summary>
/// <remarks>All it knows is in the store; two at once do no harm.</remarks>
[TenantGrain, Alias("parley.ITenantWorkerGrain"), Version(1)]
public interface ITenantWorkerGrain : IGrainWithStringKey
{
    /// <summary>Works off what is due.</summary>
    /// <returns>False when something is left for later.</returns>
    [Alias("Run")]
    Task<bool> Run();
}

/// <summary>Looks again at what may have passed each other, and lets things expire. Key: <c>sweep</c>.</summary>
[SystemGrain, Alias("parley.ISweepGrain"), Version(1)]
public interface ISweepGrain : IGrainWithStringKey
{
    [Alias("Run")]
    Task Run();
}
