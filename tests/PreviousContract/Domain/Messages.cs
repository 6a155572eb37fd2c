using System.Collections.Immutable;
using Parley.Domain.Addresses;

namespace Parley.Domain.Messages;

public enum Direction
{
    In,
    Out,
}

public enum MessageOrigin
{
    History,
    Sync,
    Live,
}

public enum MessageStatus
{
    Pending,
    OutcomeUnknown,
    Sent,
    Failed,
    Delivered,
    Read,
}

public enum MessageType
{
    Text,
    Image,
    Video,
    Audio,
    Document,
    Sticker,
    Location,
    Contact,
    Poll,
    Interactive,
    Reply,
    System,
    Unavailable,
    Unsupported,
}

public enum MediaStatus
{
    Pending,
    Stored,
    Expired,
    TooLarge,
}

[GenerateSerializer, Immutable, Alias("parley.MessageContent")]
public sealed record MessageContent
{
    [Id(0)]
    public required MessageType Type { get; init; }

    [Id(1)]
    public string? RawType { get; init; }

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

    [Id(9)]
    public string? QuotedMessageId { get; init; }

    [Id(10)]
    public ImmutableArray<Address> Mentions { get; init; } = [];

    [Id(11)]
    public bool Forwarded { get; init; }

    [Id(12)]
    public Referral? Referral { get; init; }

    [Id(13)]
    public bool ViewOnce { get; init; }

    [Id(14)]
    public bool Edited { get; init; }
}

[GenerateSerializer, Immutable, Alias("parley.Media")]
public sealed record Media
{
    [Id(0)]
    public MediaStatus Status { get; init; }

    [Id(1)]
    public string? MimeType { get; init; }

    [Id(2)]
    public string? FileName { get; init; }

    [Id(3)]
    public long? Size { get; init; }

    [Id(4)]
    public int? Seconds { get; init; }

    [Id(5)]
    public int? Width { get; init; }

    [Id(6)]
    public int? Height { get; init; }

    [Id(7)]
    public string? Sha256 { get; init; }

    [Id(8)]
    public bool VoiceNote { get; init; }

    [Id(9)]
    public bool Gif { get; init; }
}

[GenerateSerializer, Immutable, Alias("parley.Location")]
public sealed record Location(
    [property: Id(0)] double Latitude,
    [property: Id(1)] double Longitude,
    [property: Id(2)] string? Name,
    [property: Id(3)] string? Address);

[GenerateSerializer, Immutable, Alias("parley.ContactCard")]
public sealed record ContactCard([property: Id(0)] string? Name, [property: Id(1)] ImmutableArray<string> PhoneNumbers);

[GenerateSerializer, Immutable, Alias("parley.Poll")]
public sealed record Poll(
    [property: Id(0)] string? Name,
    [property: Id(1)] ImmutableArray<string> Options,
    [property: Id(2)] int SelectableCount);

[GenerateSerializer, Immutable, Alias("parley.Interactive")]
public sealed record Interactive(
    [property: Id(0)] string Kind,
    [property: Id(1)] string? Title,
    [property: Id(2)] string? Footer,
    [property: Id(3)] ImmutableArray<MenuOption> Options);

[GenerateSerializer, Immutable, Alias("parley.MenuOption")]
public sealed record MenuOption([property: Id(0)] string? Id, [property: Id(1)] string? Title);

[GenerateSerializer, Immutable, Alias("parley.Referral")]
public sealed record Referral(
    [property: Id(0)] string? Title,
    [property: Id(1)] string? Body,
    [property: Id(2)] string? SourceUrl,
    [property: Id(3)] string? SourceType,
    [property: Id(4)] string? SourceId,
    [property: Id(5)] string? ClickId);
