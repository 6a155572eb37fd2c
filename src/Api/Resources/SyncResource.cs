using Parley.Domain.Sessions;

namespace Parley.Api.Resources;

/// <param name="Since">From when on, inclusive; a day ago when left out.</param>
/// <param name="Until">Up to when, exclusive; now when left out.</param>
internal sealed record SyncRequest(DateTimeOffset? Since = null, DateTimeOffset? Until = null);

/// <summary>How far a sync is.</summary>
/// <param name="Read">How many parts of the gateway's list were read.</param>
/// <param name="Added">How many of them were new.</param>
/// <param name="Error">What the gateway said when it failed.</param>
internal sealed record SyncRunResource(
    Guid RunId,
    SyncStatus Status,
    DateTimeOffset Since,
    DateTimeOffset Until,
    long Read,
    long Added,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    string? Error);
