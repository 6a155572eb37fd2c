using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Api.Sends;

/// <summary>Makes content of what a request wants to send.</summary>
internal sealed class OutgoingContent(IUploadStore uploads, IMediaStore media, MediaSource source, TimeProvider time)
{
    /// <summary>WhatsApp's own bound of a text.</summary>
    private const int LongestText = 65_536;
    private const int LongestCaption = 4_096;
    private const int MostContacts = 100;
    private const int MostNumbers = 20;

    /// <summary>Of names, addresses, numbers and ids: room for any real one, and none for what fills a store.</summary>
    private const int LongestName = 1_024;
    private const int MostOptions = 12;
    private const int FewestOptions = 2;
    private const int LongestOption = 100;
    private const int LongestPollName = 255;
    private const int MostMentions = 1_024;

    /// <summary>Whether a text has the character that PostgreSQL refuses, and so the gateway after it has sent it (seen on 2.3.6).</summary>
    public static bool HasNul(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true;

    /// <summary>Holds a request against the bounds of its content, without fetching anything.</summary>
    /// <exception cref="ProblemException">It is not valid.</exception>
    public static void Check(SendMessageRequest request)
    {
        var given = new (string Name, bool Is)[]
        {
            ("text", request.Text is not null),
            ("media", request.Media is not null),
            ("sticker", request.Sticker is not null),
            ("location", request.Location is not null),
            ("contacts", request.Contacts is not null),
            ("poll", request.Poll is not null),
        };
        if (given.Count(static g => g.Is) != 1)
        {
            throw Invalid("#", "Exactly one of text, media, sticker, location, contacts and poll is given.");
        }

        if (request.Text is { } text && (string.IsNullOrWhiteSpace(text) || text.Length > LongestText))
        {
            throw Invalid("#/text", $"A text has 1 to {LongestText} characters.");
        }

        if (TextsOf(request).Any(HasNul))
        {
            throw Invalid("#", "A text has no U+0000: the gateway sends it, cannot keep it, and says that the send failed.");
        }

        Check(request.Media, "#/media");
        Check(request.Sticker, "#/sticker");
        if (request.Location is { } place && !IsValid(place))
        {
            throw Invalid(
                "#/location", $"Latitude is -90 to 90, longitude -180 to 180 degrees; name and address have at most {LongestName} characters.");
        }

        if (request.Contacts is { } contacts && (contacts.Count is 0 or > MostContacts || !contacts.All(IsValid)))
        {
            throw Invalid(
                "#/contacts", $"1 to {MostContacts} contacts, each with a name and 1 to {MostNumbers} numbers, of at most {LongestName} characters.");
        }

        if (request.Poll is { } poll && !IsValid(poll))
        {
            throw Invalid(
                "#/poll",
                $"A poll has a name, {FewestOptions} to {MostOptions} different options of at most {LongestOption} characters, and allows choosing some of them.");
        }

        if (request.Mentions?.Count > MostMentions || request.Mentions?.Any(static m => !Address.TryParse(m, out _)) == true)
        {
            throw Invalid("#/mentions", $"At most {MostMentions} numbers or hidden ids.");
        }

        if (request.QuotedMessageId is { Length: 0 or > LongestName })
        {
            throw Invalid("#/quotedMessageId", $"An id has 1 to {LongestName} characters.");
        }
    }

    /// <summary>Makes the content, its media stored.</summary>
    /// <exception cref="ProblemException">The media cannot be had.</exception>
    public async Task<MessageContent> Make(string tenantId, SendMessageRequest request, string? quoted, CancellationToken cancellationToken)
    {
        var content = request switch
        {
            { Text: { } text } => new MessageContent { Type = MessageType.Text, Text = text },
            { Media: { } file } => await Media(tenantId, file, "#/media", null, cancellationToken),
            { Sticker: { } file } => await Media(tenantId, file, "#/sticker", MessageType.Sticker, cancellationToken),
            { Location: { } place } => new MessageContent
            {
                Type = MessageType.Location,
                Location = new Location(place.Latitude, place.Longitude, place.Name, place.Address),
            },
            { Contacts: { } contacts } => new MessageContent
            {
                Type = MessageType.Contact,
                Contacts = [.. contacts.Select(static c => new ContactCard(c.Name, [.. c.PhoneNumbers]))],
            },
            _ => new MessageContent
            {
                Type = MessageType.Poll,
                Poll = new Poll(request.Poll!.Name, [.. request.Poll.Options], request.Poll.SelectableCount),
            },
        };
        return content with
        {
            QuotedMessageId = quoted,
            Mentions = [.. (request.Mentions ?? []).Select(static m => Address.Parse(m))],
        };
    }

    private async Task<MessageContent> Media(
        string tenantId, OutgoingMediaRequest request, string pointer, MessageType? type, CancellationToken cancellationToken)
    {
        SourcedMedia sourced;
        try
        {
            sourced = request switch
            {
                { MediaId: { } id } => await Upload(tenantId, id, pointer, cancellationToken),
                { Url: { } url } => await source.Download(tenantId, new Uri(url), cancellationToken),
                _ => new SourcedMedia(await source.Decode(tenantId, request.Base64!, cancellationToken), null, null),
            };
        }
        catch (MediaSourceException e)
        {
            throw new ProblemException(Problem.OfBody(
                e.Fault switch
                {
                    MediaSourceFault.Refused => ProblemCode.AddressNotAllowed,
                    MediaSourceFault.Unreachable => ProblemCode.MediaUnreachable,
                    MediaSourceFault.TooLarge => ProblemCode.BodyTooLarge,
                    _ => ProblemCode.InvalidRequest,
                },
                pointer,
                e.Message));
        }

        var mimeType = request.MimeType ?? sourced.MimeType ?? throw Invalid($"{pointer}/mimeType", "The media's type is not known: name it.");
        var kind = type ?? TypeOf(mimeType);
        if (kind == MessageType.Sticker && !mimeType.StartsWith("image/", StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid($"{pointer}/mimeType", "A sticker is an image.");
        }

        if (kind is MessageType.Sticker or MessageType.Audio && !string.IsNullOrEmpty(request.Caption))
        {
            throw Invalid($"{pointer}/caption", "WhatsApp shows no words beside a sticker or a recording.");
        }

        return new MessageContent
        {
            Type = kind,
            Text = request.Caption,
            Media = new Media
            {
                Status = MediaStatus.Stored,
                MimeType = mimeType,
                FileName = request.FileName ?? sourced.FileName,
                Size = sourced.Stored.Size,
                Sha256 = sourced.Stored.Sha256,
                VoiceNote = request.Voice && kind == MessageType.Audio,
            },
        };
    }

    private async Task<SourcedMedia> Upload(string tenantId, string mediaId, string pointer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await uploads.FindUpload(tenantId, mediaId, now, cancellationToken) is { } upload
            && await media.Renew(tenantId, upload.Sha256, now, cancellationToken)
                ? new SourcedMedia(new StoredMedia(upload.Sha256, upload.Size), upload.MimeType, upload.FileName)
                : throw new ProblemException(Problem.OfBody(
                    ProblemCode.UnknownMedia, $"{pointer}/mediaId", "There is no such upload, or it has expired."));
    }

    private static IEnumerable<string?> TextsOf(SendMessageRequest request) =>
    [
        request.Text,
        request.Media?.Caption,
        request.Media?.FileName,
        request.Location?.Name,
        request.Location?.Address,
        .. request.Contacts?.SelectMany(static c => (string?[])[c?.Name, .. c?.PhoneNumbers ?? []]) ?? [],
        request.Poll?.Name,
        .. request.Poll?.Options ?? [],
    ];

    private static MessageType TypeOf(string mimeType) => mimeType.Split('/')[0].ToLowerInvariant() switch
    {
        "image" => MessageType.Image,
        "video" => MessageType.Video,
        "audio" => MessageType.Audio,
        _ => MessageType.Document,
    };

    private static void Check(OutgoingMediaRequest? media, string pointer)
    {
        if (media is null)
        {
            return;
        }

        if (new[] { media.MediaId, media.Url, media.Base64 }.Count(static s => s is not null) != 1)
        {
            throw Invalid(pointer, "Exactly one of mediaId, url and base64 is given.");
        }

        if (media.Url is { } text
            && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0))
        {
            throw Invalid($"{pointer}/url", "The address is an absolute http or https URL without credentials.");
        }

        if (media.FileName?.Length > LongestName)
        {
            throw Invalid($"{pointer}/fileName", $"A name has at most {LongestName} characters.");
        }

        if (media.MimeType is { } type && (type.Length > LongestName || !System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(type, out _)))
        {
            throw Invalid($"{pointer}/mimeType", "This is no media type.");
        }

        if (media.Caption?.Length > LongestCaption)
        {
            throw Invalid($"{pointer}/caption", $"A caption has at most {LongestCaption} characters.");
        }
    }

    private static bool IsValid(LocationResource place) =>
        Math.Abs(place.Latitude) <= 90
        && Math.Abs(place.Longitude) <= 180
        && (place.Name ?? "").Length <= LongestName
        && (place.Address ?? "").Length <= LongestName;

    /// <param name="contact">Null where the list has a null.</param>
    private static bool IsValid(ContactCardResource? contact) =>
        IsName(contact?.Name) && contact!.PhoneNumbers.Count is > 0 and <= MostNumbers && contact.PhoneNumbers.All(IsName);

    private static bool IsName(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= LongestName;

    private static bool IsValid(OutgoingPollRequest poll) =>
        !string.IsNullOrWhiteSpace(poll.Name)
        && poll.Name.Length <= LongestPollName
        && poll.Options.Count is >= FewestOptions and <= MostOptions
        && poll.Options.All(static o => !string.IsNullOrWhiteSpace(o) && o.Length <= LongestOption)
        && poll.Options.Distinct(StringComparer.Ordinal).Count() == poll.Options.Count
        && poll.SelectableCount >= 0
        && poll.SelectableCount <= poll.Options.Count;

    private static ProblemException Invalid(string pointer, string detail) =>
        new(Problem.OfBody(ProblemCode.InvalidRequest, pointer, detail));
}
