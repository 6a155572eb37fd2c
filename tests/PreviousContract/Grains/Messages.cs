using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;

namespace Parley.Grains.Abstractions;

[GenerateSerializer, Immutable, Alias("parley.ApplyRequest")]
public sealed record ApplyRequest(
    [property: Id(0)] ConversationOpening? Opening,
    [property: Id(1)] ImmutableArray<ConversationItem> Items);

[GenerateSerializer, Immutable, Alias("parley.ApplyReply")]
public sealed record ApplyReply(
    [property: Id(0)] string? MovedTo,
    [property: Id(1)] AddressPair? PairTaken,
    [property: Id(2)] bool Unsettled,
    [property: Id(3)] ImmutableArray<ItemReply> Outcomes);

[GenerateSerializer, Immutable, Alias("parley.ItemReply")]
public readonly record struct ItemReply([property: Id(0)] ItemOutcome Outcome, [property: Id(1)] string? Elsewhere = null);

[GenerateSerializer, Immutable, Alias("parley.MarkReadReply")]
public sealed record MarkReadReply(
    [property: Id(0)] string? MovedTo,
    [property: Id(1)] bool Found,
    [property: Id(2)] long UnreadCount,
    [property: Id(3)] long ReadUpTo);

[GenerateSerializer, Immutable, Alias("parley.DeleteReply")]
public sealed record DeleteReply([property: Id(0)] string? MovedTo, [property: Id(1)] bool Found);

[GenerateSerializer, Immutable, Alias("parley.LearnReply")]
public sealed record LearnReply([property: Id(0)] string? MovedTo, [property: Id(1)] AddressPair? PairTaken);

[GenerateSerializer, Immutable, Alias("parley.SealRequest")]
public sealed record SealRequest(
    [property: Id(0)] string Into,
    [property: Id(1)] bool IntoHasPhone,
    [property: Id(2)] DateTimeOffset IntoCreatedAt);

public enum SealOutcome
{
    Sealed,
    Stays,
    Moved,
    Busy,
    Missing,
}

[GenerateSerializer, Immutable, Alias("parley.SealReply")]
public sealed record SealReply([property: Id(0)] SealOutcome Outcome, [property: Id(1)] string? MovedTo);

[GenerateSerializer, Immutable, Alias("parley.TakeOverReply")]
public sealed record TakeOverReply([property: Id(0)] string? MovedTo, [property: Id(1)] bool Done);
