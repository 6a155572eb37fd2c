using Parley.Domain.Work;

namespace Parley.Ports;

/// <summary>The durable to-dos that commits leave and workers do.</summary>
public interface IWorkList
{
    /// <summary>Leaves to-dos. One with the key of a waiting one takes its place: a worker that is doing the old one at this moment
    /// does not complete the new one.</summary>
    Task Leave(string tenantId, IReadOnlyCollection<WorkItem> items, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>A tenant's to-dos that are due, oldest first.</summary>
    Task<IReadOnlyList<DueWork>> Due(string tenantId, int limit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes a to-do that is done, unless it was left again meanwhile.</summary>
    Task Complete(string tenantId, DueWork work, CancellationToken cancellationToken);

    /// <summary>Sets a to-do aside until later, after it could not be done now; not if it was left again meanwhile.</summary>
    Task Postpone(string tenantId, DueWork work, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Tenants with to-dos that are due.</summary>
    Task<IReadOnlyList<string>> TenantsWithWork(DateTimeOffset now, CancellationToken cancellationToken);
}

/// <param name="Token">Tells this one from another of the same key that was left later.</param>
public sealed record DueWork(WorkItem Item, long Token);
