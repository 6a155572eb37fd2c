using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Sends;

namespace Parley.Ports;

/// <summary>The sends of sessions, and what may be their echoes. Conversations put them in and take them out with their commits.</summary>
public interface ISendQueue
{
    /// <summary>A session's sends, queued and leaving, in the order of their ids (in which they were asked for).</summary>
    /// <param name="after">Ids greater than this.</param>
    Task<IReadOnlyList<QueuedSend>> ListSends(
        string tenantId, string sessionId, Guid? after, int limit, CancellationToken cancellationToken);

    /// <returns>How many sends of a session are queued or leaving; at most <paramref name="atMost"/> are counted.</returns>
    Task<int> CountSends(string tenantId, string sessionId, int atMost, CancellationToken cancellationToken);

    /// <summary>What is leaving of a line at this moment. Sees every commit that was answered before it began.</summary>
    /// <param name="line">In its canonical form.</param>
    Task<IReadOnlyList<QueuedSend>> ListLeaving(string tenantId, Address line, CancellationToken cancellationToken);

    /// <summary>What is leaving since before a time, of all tenants, for the sweep: the oldest.</summary>
    Task<IReadOnlyList<(string TenantId, QueuedSend Send)>> ListLeaving(
        DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Keeps durably what may be the echo of a leaving send; the same delivery is kept once.</summary>
    Task ParkEcho(string tenantId, ParkedEcho echo, CancellationToken cancellationToken);

    /// <summary>The parked echoes of a line, oldest first.</summary>
    Task<IReadOnlyList<(long Id, ParkedEcho Echo)>> ListEchoes(
        string tenantId, Address line, int limit, CancellationToken cancellationToken);

    /// <summary>Lines with echoes that were parked before a time, of all tenants, for the sweep.</summary>
    Task<IReadOnlyList<(string TenantId, Address Line)>> LinesWithEchoes(
        DateTimeOffset before, int limit, CancellationToken cancellationToken);

    Task RemoveEcho(string tenantId, long id, CancellationToken cancellationToken);
}

/// <summary>An own message that may be the echo of a leaving send: all that its way to a conversation needs.</summary>
/// <param name="Line">The line, in its canonical form.</param>
/// <param name="NamedLine">The line as the payload named it.</param>
/// <param name="Contact">The person, in direct conversations.</param>
/// <param name="Group">The group, in group conversations.</param>
public sealed record ParkedEcho(
    Address Line,
    Address NamedLine,
    IncomingMessage Message,
    Party? Contact,
    Address? Group,
    DateTimeOffset ParkedAt);
