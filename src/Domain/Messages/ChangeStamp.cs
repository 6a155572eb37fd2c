namespace Parley.Domain.Messages;

/// <summary>What is known of when a change was made, to tell which of two changes is the later.</summary>
/// <param name="SentMs">The sender's own time, Unix milliseconds; null where the change has none.</param>
/// <param name="EnvelopeMs">The envelope's <c>date_time</c> as Unix milliseconds: a server's wall clock, comparable
/// within one gateway only.</param>
/// <param name="Gateway">Whose <paramref name="EnvelopeMs"/> it is.</param>
[GenerateSerializer, Immutable, Alias("parley.ChangeStamp")]
public sealed record ChangeStamp(
    [property: Id(0)] long? SentMs,
    [property: Id(1)] long? EnvelopeMs,
    [property: Id(2)] string Gateway);
