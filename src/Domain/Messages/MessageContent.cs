using System.Collections.Immutable;
using Parley.Domain.Addresses;

namespace Parley.Domain.Messages;

/// <summary>What a message says: its type and the content of that type.</summary>
[GenerateSerializer, Immutable, Alias("parley.MessageContent")]
public sealed record MessageContent
{
    [Id(0)]
    public required MessageType Type { get; init; }

    /// <summary>The gateway's name of the type, where <see cref="Type"/> is unsupported, unavailable or system.</summary>
    [Id(1)]
    public string? RawType { get; init; }

    /// <summary>Body or caption; the chosen label for answers to menus.</summary>
    [Id(2)]
    public string? Text { get; init; }

    [Id(3)]
    public Media? Media { get; init; }

    [Id(4)]
    public Location? Location { get; init; }

    [Id(5)]
    public ImmutableArray<ContactCard> Contacts { get; init; } = [];

    [Id(6)]
    public Poll? Poll { get; init; }

    [Id(7)]
    public Interactive? Interactive { get; init; }

    [Id(8)]
    public MenuOption? Reply { get; init; }

    /// <summary>Gateway id of the message that this one quotes.</summary>
    [Id(9)]
    public string? QuotedMessageId { get; init; }

    /// <summary>People named in the text, as the payload named them.</summary>
    [Id(10)]
    public ImmutableArray<Address> Mentions { get; init; } = [];

    [Id(11)]
    public bool Forwarded { get; init; }

    [Id(12)]
    public Referral? Referral { get; init; }

    [Id(13)]
    public bool ViewOnce { get; init; }

    /// <summary>True when the payload gave this content already edited (message and edit in one delivery).</summary>
    [Id(14)]
    public bool Edited { get; init; }
}
