namespace Parley.Domain.Sessions;

/// <summary>What a session may have missed and has not read back from its gateway yet.</summary>
/// <param name="Since">From when on.</param>
/// <param name="LeftAt">When its reading was last left to do: a run that began before that may have been too early.</param>
[GenerateSerializer, Immutable, Alias("parley.Missed")]
public sealed record Missed([property: Id(0)] DateTimeOffset Since, [property: Id(1)] DateTimeOffset LeftAt)
{
    /// <summary>Whether a run has read all of it.</summary>
    public bool IsReadBy(SyncRun run) =>
        run.Status == SyncStatus.Done && run.Since <= Since && run.StartedAt >= LeftAt && run.Until >= run.StartedAt;
}
