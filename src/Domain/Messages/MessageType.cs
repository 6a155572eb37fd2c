namespace Parley.Domain.Messages;

/// <summary>What a message is, in words of the API.</summary>
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

    /// <summary>A menu: buttons, a list, a template, a flow.</summary>
    Interactive,

    /// <summary>The answer to a menu.</summary>
    Reply,

    /// <summary>Albums, pins, keeps, call notes, requests for the number, group notices.</summary>
    System,

    /// <summary>Content hidden from linked devices, or unreadable.</summary>
    Unavailable,

    /// <summary>A type that Parley does not read yet; <c>rawType</c> keeps the gateway's name of it.</summary>
    Unsupported,
}
