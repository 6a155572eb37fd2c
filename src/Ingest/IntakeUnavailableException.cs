namespace Parley.Ingest;

/// <summary>What was posted could not be made durable; nothing of it is promised. Answered with 503.</summary>
public sealed class IntakeUnavailableException(TimeSpan retryAfter, Exception? inner = null)
    : Exception("The store cannot be reached.", inner)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
