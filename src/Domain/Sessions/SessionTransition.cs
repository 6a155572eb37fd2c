namespace Parley.Domain.Sessions;

/// <summary>One reported or commanded change of a session's state.</summary>
/// <param name="Number">1, 2, 3, … within the session.</param>
/// <param name="Applied">False when it came too late and went to the history only.</param>
[GenerateSerializer, Immutable, Alias("parley.SessionTransition")]
public sealed record SessionTransition(
    [property: Id(0)] long Number,
    [property: Id(1)] SessionStatus? From,
    [property: Id(2)] SessionStatus To,
    [property: Id(3)] string? Reason,
    [property: Id(4)] bool Applied,
    [property: Id(5)] DateTimeOffset At);
