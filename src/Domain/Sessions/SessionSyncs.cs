namespace Parley.Domain.Sessions;

/// <summary>Notes of syncs with a session: they are no transition.</summary>
public static class SessionSyncs
{
    /// <returns>Null when it changes nothing: it says nothing new, it is of a run that is done (two do it at once, or it is done again after a
    /// crash), or another run is shown (a later one, or one that was asked for and has not begun).</returns>
    public static SessionCommit? Note(string tenantId, Session session, SyncRun run, DateTimeOffset now)
    {
        var after = session with
        {
            Sync = session.Sync is { } shown && IsShownBefore(shown, run) ? shown : run,
            Missed = session.Missed is { } missed && missed.IsReadBy(run) ? null : session.Missed,
        };
        return after == session
            ? null
            : new SessionCommit { TenantId = tenantId, Session = after with { Version = session.Version + 1, UpdatedAt = now } };
    }

    private static bool IsShownBefore(SyncRun shown, SyncRun run) => shown.RunId == run.RunId
        ? shown.Status == SyncStatus.Done
        : shown.StartedAt > run.StartedAt || (shown.Status == SyncStatus.Queued && run.Status != SyncStatus.Queued);
}
