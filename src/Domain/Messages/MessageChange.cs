using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Parley.Domain.Addresses;

namespace Parley.Domain.Messages;

/// <summary>A change to a message that is found by the gateway's id. Kept as JSON while it is parked.</summary>
[GenerateSerializer, Immutable, Alias("parley.MessageChange")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(StatusChange), "status")]
[JsonDerivedType(typeof(EditChange), "edit")]
[JsonDerivedType(typeof(DeletionChange), "deletion")]
[JsonDerivedType(typeof(ReactionChange), "reaction")]
[JsonDerivedType(typeof(VoteChange), "vote")]
[JsonDerivedType(typeof(MediaChange), "media")]
[JsonDerivedType(typeof(QuoteChange), "quote")]
public abstract record MessageChange
{
    /// <summary>Gateway id of the message that changes.</summary>
    [Id(0)]
    public required string TargetId { get; init; }

    [Id(1)]
    public required ChangeStamp Stamp { get; init; }

    /// <summary>The sender's time where the change has one, else the time of receipt.</summary>
    [Id(2)]
    public required DateTimeOffset At { get; init; }

    /// <summary>The line that was told of it, once that is settled; tells apart two lines' copies of one message.</summary>
    [Id(3)]
    public Address? Line { get; init; }

    /// <summary>The chat of the message, where it is told: only to show whose message seems to be missing while none is found.</summary>
    [Id(4)]
    public Address? Chat { get; init; }
}

/// <summary>A receipt.</summary>
[GenerateSerializer, Immutable, Alias("parley.StatusChange")]
public sealed record StatusChange : MessageChange
{
    [Id(0)]
    public required MessageStatus Status { get; init; }

    [Id(1)]
    public MessageError? Error { get; init; }
}

/// <summary>An edit; a null text is one that could not be read.</summary>
[GenerateSerializer, Immutable, Alias("parley.EditChange")]
public sealed record EditChange : MessageChange
{
    [Id(0)]
    public string? Text { get; init; }
}

/// <summary>Deleted for everyone.</summary>
[GenerateSerializer, Immutable, Alias("parley.DeletionChange")]
public sealed record DeletionChange : MessageChange;

/// <summary>A reaction; a null emoji takes it back.</summary>
[GenerateSerializer, Immutable, Alias("parley.ReactionChange")]
public sealed record ReactionChange : MessageChange
{
    /// <summary>Null while it is the line itself (the reader of a payload does not know its address).</summary>
    [Id(0)]
    public Party? From { get; init; }

    [Id(1)]
    public string? Emoji { get; init; }
}

/// <summary>A vote in a poll: all that this person now chooses.</summary>
[GenerateSerializer, Immutable, Alias("parley.VoteChange")]
public sealed record VoteChange : MessageChange
{
    /// <summary>Null while it is the line itself.</summary>
    [Id(0)]
    public Party? From { get; init; }

    [Id(1)]
    public ImmutableArray<string> Options { get; init; } = [];
}

/// <summary>Its media was fetched, or is gone for good.</summary>
[GenerateSerializer, Immutable, Alias("parley.MediaChange")]
public sealed record MediaChange : MessageChange
{
    [Id(0)]
    public required Media Media { get; init; }
}

/// <summary>Another message quotes it. Changes nothing: while it waits, it tells that a message is missing.</summary>
[GenerateSerializer, Immutable, Alias("parley.QuoteChange")]
public sealed record QuoteChange : MessageChange;
