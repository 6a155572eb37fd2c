namespace Parley.Api.Resources;

/// <summary>A message to be sent: exactly one of text, media, sticker, location, contacts, poll.</summary>
/// <param name="SessionId">The session that sends it; not given where the conversation is.</param>
/// <param name="To">A number, a group or a hidden id; not given where the conversation is.</param>
/// <param name="QuotedMessageId">The message that it answers: Parley's id or the gateway's.</param>
/// <param name="Mentions">People who are named in the text.</param>
/// <param name="ExpiresAt">When it no longer leaves; ten minutes from now when left out.</param>
/// <param name="Metadata">Given back with the message: at most 50 names, 4,096 characters in all.</param>
internal sealed record SendMessageRequest(
    string? SessionId = null,
    string? To = null,
    string? Text = null,
    OutgoingMediaRequest? Media = null,
    OutgoingMediaRequest? Sticker = null,
    LocationResource? Location = null,
    IReadOnlyList<ContactCardResource>? Contacts = null,
    OutgoingPollRequest? Poll = null,
    string? QuotedMessageId = null,
    IReadOnlyList<string>? Mentions = null,
    DateTimeOffset? ExpiresAt = null,
    IReadOnlyDictionary<string, string>? Metadata = null);

/// <summary>Media: exactly one of mediaId, url, base64.</summary>
/// <param name="MediaId">Of an upload.</param>
/// <param name="Url">Read by Parley, once, before the request is answered.</param>
/// <param name="MimeType">Needed where neither the upload nor the address tells it.</param>
/// <param name="Voice">Whether audio is sent as a voice note.</param>
internal sealed record OutgoingMediaRequest(
    string? MediaId = null,
    string? Url = null,
    string? Base64 = null,
    string? MimeType = null,
    string? FileName = null,
    string? Caption = null,
    bool Voice = false);

/// <param name="SelectableCount">How many options one person may choose; 0 = any number.</param>
internal sealed record OutgoingPollRequest(string Name, IReadOnlyList<string> Options, int SelectableCount = 1);

/// <param name="Text">The new text.</param>
internal sealed record EditMessageRequest(string Text);

/// <param name="Emoji">One emoji.</param>
internal sealed record ReactRequest(string Emoji);

/// <summary>Uploaded media.</summary>
/// <param name="MimeType">Null when the part told none: then the message that sends it must.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ExpiresAt">Until when it can be sent.</param>
internal sealed record UploadResource(string MediaId, string? MimeType, string? FileName, long Size, DateTimeOffset ExpiresAt);
