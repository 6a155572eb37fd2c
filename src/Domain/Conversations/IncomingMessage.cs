using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Domain.Conversations;

/// <summary>One delivery of a message, on its way to its conversation: addresses and direction are settled.</summary>
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

    /// <summary>When Parley received this delivery.</summary>
    [Id(11)]
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The gateway's own list has it, and says nothing of its status.</summary>
    [Id(12)]
    public bool IsOnlyListed { get; init; }
}
