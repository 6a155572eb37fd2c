using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;

namespace Parley.Grains.Abstractions;

/// <summary>What one webhook says of one conversation.</summary>
/// <param name="Opening">How the conversation begins if it is not there; null for changes, which begin none.</param>
/// <param name="Items">In the order in which they are to be applied.</param>
[GenerateSerializer, Immutable, Alias("parley.ApplyRequest")]
public sealed record ApplyRequest(
    [property: Id(0)] ConversationOpening? Opening,
    [property: Id(1)] ImmutableArray<ConversationItem> Items);

/// <summary>What became of an <see cref="ApplyRequest"/>.</summary>
/// <param name="MovedTo">The conversation that stays, when this one is sealed: nothing was applied.</param>
/// <param name="PairTaken">A pair of the opening that leads to another conversation: nothing was applied.</param>
/// <param name="Unsettled">The conversation has a party without a number: the caller looks once more whether it is known by now.</param>
/// <param name="Outcomes">One per item, in the order of the request.</param>
[GenerateSerializer, Immutable, Alias("parley.ApplyReply")]
public sealed record ApplyReply(
    [property: Id(0)] string? MovedTo,
    [property: Id(1)] AddressPair? PairTaken,
    [property: Id(2)] bool Unsettled,
    [property: Id(3)] ImmutableArray<ItemReply> Outcomes);

/// <summary>What became of one item.</summary>
/// <param name="Elsewhere">Of <see cref="ItemOutcome.Elsewhere"/>: the conversation that has the message.</param>
[GenerateSerializer, Immutable, Alias("parley.ItemReply")]
public readonly record struct ItemReply([property: Id(0)] ItemOutcome Outcome, [property: Id(1)] string? Elsewhere = null);

/// <summary>How far a conversation is read.</summary>
/// <param name="Found">False when there is no such conversation (any more).</param>
[GenerateSerializer, Immutable, Alias("parley.MarkReadReply")]
public sealed record MarkReadReply(
    [property: Id(0)] string? MovedTo,
    [property: Id(1)] bool Found,
    [property: Id(2)] long UnreadCount,
    [property: Id(3)] long ReadUpTo);

/// <summary>Whether a conversation was there to be deleted.</summary>
[GenerateSerializer, Immutable, Alias("parley.DeleteReply")]
public sealed record DeleteReply([property: Id(0)] string? MovedTo, [property: Id(1)] bool Found);

/// <summary>Whether a conversation is found under the address from now on.</summary>
/// <param name="PairTaken">The pair that leads to another conversation: the two are one.</param>
[GenerateSerializer, Immutable, Alias("parley.LearnReply")]
public sealed record LearnReply([property: Id(0)] string? MovedTo, [property: Id(1)] AddressPair? PairTaken);

/// <summary>Asks a conversation to go into another.</summary>
/// <param name="Into">The other conversation.</param>
/// <param name="IntoHasPhone">Whether its contact has a number, as the caller read it.</param>
/// <param name="IntoCreatedAt">When it began.</param>
[GenerateSerializer, Immutable, Alias("parley.SealRequest")]
public sealed record SealRequest(
    [property: Id(0)] string Into,
    [property: Id(1)] bool IntoHasPhone,
    [property: Id(2)] DateTimeOffset IntoCreatedAt);

/// <summary>What a conversation does when it is asked to go into another.</summary>
public enum SealOutcome
{
    /// <summary>It is sealed in favour of the other, now or before.</summary>
    Sealed,

    /// <summary>It is the one to stay: seal the other.</summary>
    Stays,

    /// <summary>It is sealed in favour of a third: go on with that one.</summary>
    Moved,

    /// <summary>It is busy (taking over, or a send is leaving): try later.</summary>
    Busy,

    /// <summary>There is nothing to seal.</summary>
    Missing,
}

/// <summary>How a conversation took being asked to go.</summary>
/// <param name="MovedTo">The conversation in whose favour it is sealed, now or before.</param>
[GenerateSerializer, Immutable, Alias("parley.SealReply")]
public sealed record SealReply([property: Id(0)] SealOutcome Outcome, [property: Id(1)] string? MovedTo);

/// <summary>How a page of taking over went.</summary>
/// <param name="Done">Nothing is left to take over from that conversation.</param>
[GenerateSerializer, Immutable, Alias("parley.TakeOverReply")]
public sealed record TakeOverReply([property: Id(0)] string? MovedTo, [property: Id(1)] bool Done);
