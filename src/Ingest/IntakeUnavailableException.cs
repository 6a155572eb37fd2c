namespace Parley.Ingest;

/// <summary>What was posted could not be made durable; nothing of it is promised. Answered with 503.</summary>
public sealed class IntakeUnavailableException(Exception? inner = null) : Exception("The store cannot be reached.", inner)
{
    /// <summary>When to send it again.</summary>
    public TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(5);
}
