namespace Parley.Domain.Sessions;

/// <summary>Notes of syncs with a session: they change nothing else of it, and are no transition.</summary>
public static class SessionSyncs
{
    /// <returns>Null when it says nothing new, or another run is shown: a later one, or one that was asked for and has not begun.</returns>
    public static SessionCommit? Note(string tenantId, Session session, SyncRun run, DateTimeOffset now) =>
        session.Sync == run || (session.Sync is { } other && other.RunId != run.RunId && IsShownBefore(other, run))
            ? null
            : new SessionCommit
            {
                TenantId = tenantId,
                Session = session with { Version = session.Version + 1, UpdatedAt = now, Sync = run },
            };

    private static bool IsShownBefore(SyncRun other, SyncRun run) =>
        other.StartedAt > run.StartedAt || (other.Status == SyncStatus.Queued && run.Status != SyncStatus.Queued);
}
