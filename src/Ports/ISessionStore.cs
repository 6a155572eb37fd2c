using Parley.Domain.Sessions;

namespace Parley.Ports;

/// <summary>Sessions, as their one owner reads and commits them, and as lists show them.</summary>
public interface ISessionStore
{
    Task<Session?> ReadSession(string tenantId, string sessionId, CancellationToken cancellationToken);

    /// <returns>The tenant's session of this gateway instance; null when there is none.</returns>
    Task<Session?> FindByInstance(string tenantId, string instanceName, CancellationToken cancellationToken);

    /// <returns>The sessions of all tenants whose instance has this name, at most ten.</returns>
    Task<IReadOnlyList<SessionEntry>> FindOwners(string instanceName, CancellationToken cancellationToken);

    /// <summary>As <see cref="IConversationStore.Commit"/>.</summary>
    Task<CommitResult> Commit(SessionCommit commit, CancellationToken cancellationToken);

    /// <summary>Notes the last webhook of a session: changes all the time and decides nothing, so it is no commit.</summary>
    Task Touch(string tenantId, string sessionId, DateTimeOffset receivedAt, CancellationToken cancellationToken);

    /// <summary>Keeps the session's QR code until it expires, unless one is kept that expires later: part of no commit and no event.</summary>
    Task PutQr(string tenantId, string sessionId, SessionQr qr, CancellationToken cancellationToken);

    /// <summary>Makes the session's QR code void, unless it expires after <paramref name="upTo"/>: a gateway posts its webhooks side by side.</summary>
    Task VoidQr(string tenantId, string sessionId, DateTimeOffset upTo, CancellationToken cancellationToken);

    /// <returns>The session's QR code; null when there is none, or it has expired by <paramref name="now"/>.</returns>
    Task<SessionQr?> ReadQr(string tenantId, string sessionId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Sessions in the order of (tenant, id), without those that their tenants deleted.</summary>
    /// <param name="tenantId">Null = all tenants.</param>
    Task<Page<SessionEntry>> ListSessions(
        string? tenantId, SessionFilter filter, PageRequest page, CancellationToken cancellationToken);

    Task<SessionEntry?> ReadEntry(string tenantId, string sessionId, CancellationToken cancellationToken);

    /// <summary>What happened to a session, newest first (sort key: the transition's number).</summary>
    Task<Page<SessionTransition>> ListTransitions(
        string tenantId, string sessionId, PageRequest page, CancellationToken cancellationToken);
}

/// <summary>A session with what is kept beside its commits.</summary>
public sealed record SessionEntry(string TenantId, Session Session, DateTimeOffset? LastReceivedAt);

/// <summary>Which sessions a list shows; null = any.</summary>
public sealed record SessionFilter(SessionStatus? Status = null, bool? NeedsAttention = null)
{
    /// <summary>Something is decided by all of them: one that cannot be read fails the call, where else it is passed over.</summary>
    public bool Whole { get; init; }
}

/// <summary>A fresh QR code. Whoever has it controls the session: never logged, never in an event.</summary>
public sealed record SessionQr(string? Code, string? PairingCode, DateTimeOffset ExpiresAt)
{
    public override string ToString() => nameof(SessionQr);
}
