namespace Parley.Domain.Webhooks;

/// <summary>What an attempt came to.</summary>
public enum AttemptOutcome
{
    /// <summary>2xx.</summary>
    Delivered,

    Failed,

    /// <summary>429, 502 or 504: it failed, and the endpoint wants less.</summary>
    SlowDown,

    /// <summary>410: the endpoint wants nothing any more.</summary>
    Gone,

    /// <summary>It was not made, or nobody waits for its answer any more: it does not count.</summary>
    Dropped,

    /// <summary>The event is not to be delivered: nobody wants it any more, or the log no longer has it.</summary>
    Skipped,
}

/// <summary>How answers count (Standard Webhooks 1.0.0).</summary>
public static class Answers
{
    /// <summary>What an endpoint asks for beyond this is not heeded: a wrong clock must not stop it for days.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    /// <param name="statusCode">Null = there was no answer.</param>
    public static AttemptOutcome OutcomeOf(int? statusCode) => statusCode switch
    {
        >= 200 and < 300 => AttemptOutcome.Delivered,
        410 => AttemptOutcome.Gone,
        429 or 502 or 504 => AttemptOutcome.SlowDown,
        _ => AttemptOutcome.Failed,
    };

    /// <returns>What an endpoint asked for, within bounds; null = nothing.</returns>
    public static TimeSpan? Bounded(TimeSpan? retryAfter) => retryAfter switch
    {
        null => null,
        { } wanted when wanted <= TimeSpan.Zero => null,
        { } wanted => wanted < LongestRetryAfter ? wanted : LongestRetryAfter,
    };
}
