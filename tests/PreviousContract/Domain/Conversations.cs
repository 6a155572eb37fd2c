using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Domain.Conversations;

public enum ConversationKind
{
    Direct,
    Group,
}

public enum ItemOutcome
{
    Kept,
    Changed,
    Duplicate,
    Ignored,
    NotHere,
    Elsewhere,
    Refused,
}

[GenerateSerializer, Immutable, Alias("parley.ConversationOpening")]
public sealed record ConversationOpening(
    [property: Id(0)] ConversationKind Kind,
    [property: Id(1)] Address Line,
    [property: Id(2)] Party? Contact,
    [property: Id(3)] Address? Group,
    [property: Id(4)] ImmutableArray<AddressPair> Pairs);

[GenerateSerializer, Immutable, Alias("parley.ConversationItem")]
public abstract record ConversationItem;

[GenerateSerializer, Immutable, Alias("parley.KeepItem")]
public sealed record KeepItem([property: Id(0)] IncomingMessage Message) : ConversationItem;

[GenerateSerializer, Immutable, Alias("parley.ChangeItem")]
public sealed record ChangeItem(
    [property: Id(0)] MessageChange Change,
    [property: Id(1)] string Session,
    [property: Id(2)] Direction Direction,
    [property: Id(3)] long? ParkedId) : ConversationItem;

[GenerateSerializer, Immutable, Alias("parley.IncomingMessage")]
public sealed record IncomingMessage
{
    [Id(0)]
    public required string ExternalId { get; init; }

    [Id(1)]
    public required Direction Direction { get; init; }

    [Id(2)]
    public required MessageOrigin Origin { get; init; }

    [Id(3)]
    public required MessageStatus Status { get; init; }

    [Id(4)]
    public required string SessionId { get; init; }

    [Id(5)]
    public required Address From { get; init; }

    [Id(6)]
    public required Address To { get; init; }

    [Id(7)]
    public Party? Author { get; init; }

    [Id(8)]
    public string? AuthorName { get; init; }

    [Id(9)]
    public required MessageContent Content { get; init; }

    [Id(10)]
    public required DateTimeOffset Timestamp { get; init; }

    [Id(11)]
    public required DateTimeOffset ReceivedAt { get; init; }
}
