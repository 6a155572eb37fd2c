using Parley.Domain.Messages;

namespace Parley.Api.Resources;

/// <summary>A message. A deleted one has its place and its times, and no content.</summary>
internal sealed record MessageResource(
    Guid Id,
    string? ExternalId,
    string ConversationId,
    string SessionId,
    long Sequence,
    Direction Direction,
    MessageOrigin Origin,
    ShownStatus Status,
    string From,
    string To,
    string? Author,
    string? AuthorName,
    MessageType Type,
    string? RawType,
    string? Text,
    MediaResource? Media,
    LocationResource? Location,
    IReadOnlyList<ContactCardResource> Contacts,
    PollResource? Poll,
    InteractiveResource? Interactive,
    ReplyResource? Reply,
    string? QuotedMessageId,
    IReadOnlyList<string> Mentions,
    bool Forwarded,
    ReferralResource? Referral,
    IReadOnlyList<ReactionResource> Reactions,
    IReadOnlyList<EditResource> Edits,
    DateTimeOffset? EditedAt,
    DateTimeOffset? DeletedAt,
    MergedFromResource? MergedFrom,
    string? RequestedTo,
    IReadOnlyDictionary<string, string>? Metadata,
    Guid? RetryOf,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset Timestamp,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? ReadAt,
    DateTimeOffset? FailedAt,
    ErrorResource? Error);

/// <summary>The delivery status as clients see it: an unknown outcome is <c>failed</c> with that error code.</summary>
internal enum ShownStatus
{
    Pending,
    Sent,
    Failed,
    Delivered,
    Read,
}

/// <param name="Url">Where the bytes are, relative to the API's address.</param>
internal sealed record MediaResource(
    string Url,
    MediaStatus Status,
    string? MimeType,
    string? FileName,
    long? Size,
    int? Seconds,
    int? Width,
    int? Height,
    string? Sha256);

internal sealed record LocationResource(double Latitude, double Longitude, string? Name = null, string? Address = null);

internal sealed record ContactCardResource(string? Name, IReadOnlyList<string> PhoneNumbers);

internal sealed record PollResource(string? Name, IReadOnlyList<PollOptionResource> Options, int SelectableCount);

internal sealed record PollOptionResource(string Name, int Votes);

internal sealed record InteractiveResource(string Kind, string? Title, string? Footer, IReadOnlyList<ReplyResource> Options);

internal sealed record ReplyResource(string? Id, string? Title);

internal sealed record ReferralResource(
    string? Title, string? Body, string? SourceUrl, string? SourceType, string? SourceId, string? ClickId);

internal sealed record ReactionResource(string From, string Emoji, DateTimeOffset At);

/// <param name="Text">Null when the edit could not be read.</param>
internal sealed record EditResource(string? Text, DateTimeOffset At);

internal sealed record MergedFromResource(string ConversationId, long Sequence);

internal sealed record ErrorResource(string Code, string? Message);
