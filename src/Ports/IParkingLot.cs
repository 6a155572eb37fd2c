using Parley.Domain.Messages;

namespace Parley.Ports;

/// <summary>Changes that came before their message, found again by its gateway id.</summary>
public interface IParkingLot
{
    /// <summary>Keeps changes durably; one that is parked already (same session, same content) is not parked twice.</summary>
    /// <returns>The changes with their ids. Beyond <paramref name="bound"/> of a session its oldest are dropped.</returns>
    Task<IReadOnlyList<ParkedChange>> Park(
        string tenantId,
        string sessionId,
        IReadOnlyCollection<MessageChange> changes,
        int bound,
        DateTimeOffset now,
        CancellationToken cancellationToken);

    Task Unpark(string tenantId, IReadOnlyCollection<long> ids, CancellationToken cancellationToken);

    /// <summary>All that is parked, in the order of the ids, for the sweep.</summary>
    Task<IReadOnlyList<ParkedChange>> ListParked(long after, int limit, CancellationToken cancellationToken);

    /// <summary>What is parked of one session, the latest first.</summary>
    Task<IReadOnlyList<ParkedChange>> ListParked(string tenantId, string sessionId, int limit, CancellationToken cancellationToken);

    /// <returns>How many were dropped because they were parked before <paramref name="before"/>.</returns>
    Task<int> ExpireParked(DateTimeOffset before, CancellationToken cancellationToken);
}
