using Parley.Domain.Addresses;

namespace Parley.Domain.Messages;

/// <summary>What one person last reacted with, as one gateway told it; an empty one is remembered.</summary>
/// <param name="Emoji">Null when the reaction was taken back.</param>
[GenerateSerializer, Immutable, Alias("parley.Reaction")]
public sealed record Reaction(
    [property: Id(0)] Party From,
    [property: Id(1)] string? Emoji,
    [property: Id(2)] ChangeStamp Stamp,
    [property: Id(3)] DateTimeOffset At) : IPersonalChange
{
    string? IPersonalChange.Choice => Emoji;
}
