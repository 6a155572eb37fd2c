using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Ports.Gateways;

/// <summary>A message on its way out.</summary>
public sealed record OutgoingMessage
{
    /// <summary>The number where it is known, else the hidden id; or the group.</summary>
    public required Address To { get; init; }

    /// <summary>One of text, image, video, audio, document, sticker, location, contact, poll. Mentions come along in it.</summary>
    public required MessageContent Content { get; init; }

    /// <summary>Opens the bytes of <see cref="MessageContent.Media"/>.</summary>
    public Func<CancellationToken, Task<Stream>>? OpenMedia { get; init; }

    /// <summary>The message that it answers, with its text where that is known.</summary>
    public MessageReference? Quoted { get; init; }
}

/// <summary>A message that a gateway knows.</summary>
/// <param name="ExternalId">The gateway's id.</param>
/// <param name="Chat">The other side: a number where it is known.</param>
/// <param name="Author">In a group, who wrote it; null = the line itself.</param>
/// <param name="Text">Its text, where it is known and of use.</param>
public sealed record MessageReference(string ExternalId, Address Chat, bool FromMe, Address? Author = null, string? Text = null);

/// <summary>A gateway took a message.</summary>
/// <param name="To">Whom the gateway says it went to; null when it does not say.</param>
/// <param name="Timestamp">The gateway's time; null when it does not say.</param>
public sealed record SendAnswer(string ExternalId, Address? To, MessageStatus? Status, DateTimeOffset? Timestamp);

/// <summary>Which of a gateway's messages are read.</summary>
/// <param name="Since">Inclusive; null = from the start.</param>
/// <param name="Until">Exclusive; null = up to now.</param>
/// <param name="ExternalId">This message only.</param>
/// <param name="Cursor">Where the page before ended; null = from the newest on.</param>
public sealed record MessagesQuery(DateTimeOffset? Since, DateTimeOffset? Until, string? ExternalId = null, string? Cursor = null);

/// <param name="Next">Where to go on; null = it was the last page.</param>
/// <param name="Total">How many there are in all, if the gateway says so.</param>
public sealed record MessagesPage(WebhookReading Reading, string? Next, long? Total)
{
    /// <summary>What names the rows of the page, those included that were not asked for: where there is a total, those of all pages make it up.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];
}

/// <param name="MimeType">As the gateway says.</param>
public sealed record FetchedMedia(StoredMedia Stored, string? MimeType, string? FileName);
