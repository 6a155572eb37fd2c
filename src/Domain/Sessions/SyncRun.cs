namespace Parley.Domain.Sessions;

/// <summary>How far a sync has got: reading back from the gateway what Parley may have missed.</summary>
/// <param name="Since">From when on messages are read, inclusive.</param>
/// <param name="Until">Up to when, exclusive.</param>
[GenerateSerializer, Immutable, Alias("parley.SyncRun")]
public sealed record SyncRun(
    [property: Id(0)] Guid RunId,
    [property: Id(1)] DateTimeOffset Since,
    [property: Id(2)] DateTimeOffset Until,
    [property: Id(3)] SyncStatus Status,
    [property: Id(4)] DateTimeOffset StartedAt)
{
    /// <summary>How far before the time of a loss it is looked: a gateway may be late with its webhooks, and clocks differ.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    /// <summary>How many of the gateway's messages were read.</summary>
    [Id(5)]
    public long Read { get; init; }

    /// <summary>How much of them was new: messages, statuses, edits.</summary>
    [Id(6)]
    public long Added { get; init; }

    [Id(7)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What the gateway said when it failed.</summary>
    [Id(8)]
    public string? Error { get; init; }
}

/// <summary>Where a sync stands.</summary>
public enum SyncStatus
{
    Queued,
    Running,
    Done,
    Failed,
}
