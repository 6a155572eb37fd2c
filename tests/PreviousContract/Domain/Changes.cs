using System.Collections.Immutable;
using Parley.Domain.Addresses;

namespace Parley.Domain.Messages;

[GenerateSerializer, Immutable, Alias("parley.ChangeStamp")]
public sealed record ChangeStamp(
    [property: Id(0)] long? SentMs,
    [property: Id(1)] long? EnvelopeMs,
    [property: Id(2)] string Gateway);

[GenerateSerializer, Immutable, Alias("parley.MessageError")]
public sealed record MessageError([property: Id(0)] string Code, [property: Id(1)] string? Message);

[GenerateSerializer, Immutable, Alias("parley.MessageChange")]
public abstract record MessageChange
{
    [Id(0)]
    public required string TargetId { get; init; }

    [Id(1)]
    public required ChangeStamp Stamp { get; init; }

    [Id(2)]
    public required DateTimeOffset At { get; init; }

    [Id(3)]
    public Address? Line { get; init; }
}

[GenerateSerializer, Immutable, Alias("parley.StatusChange")]
public sealed record StatusChange : MessageChange
{
    [Id(0)]
    public required MessageStatus Status { get; init; }

    [Id(1)]
    public MessageError? Error { get; init; }
}

[GenerateSerializer, Immutable, Alias("parley.EditChange")]
public sealed record EditChange : MessageChange
{
    [Id(0)]
    public string? Text { get; init; }
}

[GenerateSerializer, Immutable, Alias("parley.DeletionChange")]
public sealed record DeletionChange : MessageChange;

[GenerateSerializer, Immutable, Alias("parley.ReactionChange")]
public sealed record ReactionChange : MessageChange
{
    [Id(0)]
    public Party? From { get; init; }

    [Id(1)]
    public string? Emoji { get; init; }
}

[GenerateSerializer, Immutable, Alias("parley.VoteChange")]
public sealed record VoteChange : MessageChange
{
    [Id(0)]
    public Party? From { get; init; }

    [Id(1)]
    public ImmutableArray<string> Options { get; init; } = [];
}
