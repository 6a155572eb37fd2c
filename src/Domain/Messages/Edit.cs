namespace Parley.Domain.Messages;

/// <summary>One edit of a message.</summary>
/// <param name="Text">The new text; null when the edit could not be read.</param>
/// <param name="At">The sender's time, else the time of receipt.</param>
[GenerateSerializer, Immutable, Alias("parley.Edit")]
public sealed record Edit(
    [property: Id(0)] string? Text,
    [property: Id(1)] ChangeStamp Stamp,
    [property: Id(2)] DateTimeOffset At);
