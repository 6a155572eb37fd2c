namespace Parley.Domain.Sessions;

/// <summary>Notes of syncs with a session: they are no transition.</summary>
public static class SessionSyncs
{
    /// <returns>Null when it changes nothing: it says nothing new, or another run is shown (a later one, or one that was asked for and has
    /// not begun).</returns>
    public static SessionCommit? Note(string tenantId, Session session, SyncRun run, DateTimeOffset now)
    {
        var after = session with
        {
            Sync = session.Sync is { } other && other.RunId != run.RunId && IsShownBefore(other, run) ? session.Sync : run,
            Missed = session.Missed is { } missed && missed.IsReadBy(run) ? null : session.Missed,
        };
        return after == session
            ? null
            : new SessionCommit { TenantId = tenantId, Session = after with { Version = session.Version + 1, UpdatedAt = now } };
    }

    private static bool IsShownBefore(SyncRun other, SyncRun run) =>
        other.StartedAt > run.StartedAt || (other.Status == SyncStatus.Queued && run.Status != SyncStatus.Queued);
}
