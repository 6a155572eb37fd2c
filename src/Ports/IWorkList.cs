using Parley.Domain.Work;

namespace Parley.Ports;

/// <summary>The durable to-dos that commits leave and workers do.</summary>
public interface IWorkList
{
    /// <summary>Leaves to-dos; one with the key of a waiting one changes nothing.</summary>
    Task Leave(string tenantId, IReadOnlyCollection<WorkItem> items, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>A tenant's to-dos that are due, oldest first.</summary>
    Task<IReadOnlyList<WorkItem>> Due(string tenantId, int limit, DateTimeOffset now, CancellationToken cancellationToken);

    Task Complete(string tenantId, string key, CancellationToken cancellationToken);

    /// <summary>Sets a to-do aside until later, after it could not be done now.</summary>
    Task Postpone(string tenantId, string key, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Tenants with to-dos that are due.</summary>
    Task<IReadOnlyList<string>> TenantsWithWork(DateTimeOffset now, CancellationToken cancellationToken);
}
