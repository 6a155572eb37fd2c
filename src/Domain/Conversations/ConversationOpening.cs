using System.Collections.Immutable;
using Parley.Domain.Addresses;

namespace Parley.Domain.Conversations;

/// <summary>How a conversation begins if it is not there, and under which pairs it was looked for.</summary>
/// <param name="Contact">The person, in direct conversations.</param>
/// <param name="Group">The group, in group conversations.</param>
/// <param name="Pairs">Every pair that must lead to it from now on.</param>
[GenerateSerializer, Immutable, Alias("parley.ConversationOpening")]
public sealed record ConversationOpening(
    [property: Id(0)] ConversationKind Kind,
    [property: Id(1)] Address Line,
    [property: Id(2)] Party? Contact,
    [property: Id(3)] Address? Group,
    [property: Id(4)] ImmutableArray<AddressPair> Pairs);
