using System.Collections.Immutable;
using Parley.Domain.Addresses;

namespace Parley.Domain.Messages;

/// <summary>What one person last chose in a poll, as one gateway told it; an empty choice is remembered.</summary>
[GenerateSerializer, Immutable, Alias("parley.Vote")]
public sealed record Vote(
    [property: Id(0)] Party From,
    [property: Id(1)] ImmutableArray<string> Options,
    [property: Id(2)] ChangeStamp Stamp,
    [property: Id(3)] DateTimeOffset At) : IPersonalChange
{
    string? IPersonalChange.Choice => MessageView.Choice(this);
}
