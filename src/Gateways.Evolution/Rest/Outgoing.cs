using System.Text.Json.Nodes;
using Parley.Domain.Messages;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>The content of a message on its way out, in the words that both generations share.</summary>
/// <param name="Call">The call that sends it.</param>
/// <param name="Own">The members of this call: an object, of contacts an array.</param>
internal sealed record Outgoing(string Call, JsonNode Own)
{
    public const string Text = "sendText";
    public const string Media = "sendMedia";
    public const string VoiceNote = "sendWhatsAppAudio";
    public const string Sticker = "sendSticker";
    public const string Place = "sendLocation";
    public const string Contact = "sendContact";
    public const string Poll = "sendPoll";

    /// <summary>Below it the gateway takes the digits for no number of a card.</summary>
    private const int ShortestCardNumber = 10;

    /// <exception cref="GatewayException">It sends no such message.</exception>
    public static Outgoing Of(MessageContent content) => content.Type switch
    {
        MessageType.Text => new(Text, new JsonObject { ["text"] = content.Text ?? "" }),
        MessageType.Audio when content.Media is { VoiceNote: true } media => new(VoiceNote, VoiceOf(media)),
        MessageType.Image or MessageType.Video or MessageType.Audio or MessageType.Document =>
            new(Media, MediaOf(content, content.Media ?? new())),
        MessageType.Sticker => new(Sticker, new JsonObject { ["sticker"] = JsonWithMedia.Place }),
        MessageType.Location when content.Location is { } location => new(Place, LocationOf(location)),
        MessageType.Contact => new(Contact, ContactsOf(content)),
        MessageType.Poll when content.Poll is { } poll => new(Poll, PollOf(poll)),
        _ => throw new GatewayException(GatewayFault.Unsupported, $"A message of the type {content.Type} cannot be sent."),
    };

    /// <summary>A document without a name is refused, and any type is told by it (gateway notes, 4).</summary>
    private static JsonObject MediaOf(MessageContent content, Media media)
    {
        var body = new JsonObject { ["mediatype"] = content.Type.ToString().ToLowerInvariant() };
        if (media.MimeType is { } mimeType)
        {
            body["mimetype"] = mimeType;
        }

        if (content.Text is { Length: > 0 } caption)
        {
            body["caption"] = caption;
        }

        body["fileName"] = MediaNames.Of(media.FileName, media.MimeType);
        body["media"] = JsonWithMedia.Place;
        return body;
    }

    /// <summary>The gateway converts what it is given into a voice note, except where that is one already.</summary>
    private static JsonObject VoiceOf(Media media) => new()
    {
        ["encoding"] = media.MimeType?.StartsWith("audio/ogg", StringComparison.OrdinalIgnoreCase) != true,
        ["audio"] = JsonWithMedia.Place,
    };

    /// <summary>Name and address must be there, if empty.</summary>
    private static JsonObject LocationOf(Location location) => new()
    {
        ["latitude"] = location.Latitude,
        ["longitude"] = location.Longitude,
        ["name"] = location.Name ?? "",
        ["address"] = location.Address ?? "",
    };

    /// <summary>A card of the gateway has one number, so a contact with several becomes several.</summary>
    private static JsonArray ContactsOf(MessageContent content)
    {
        var cards = new JsonArray();
        foreach (var contact in content.Contacts)
        {
            foreach (var number in contact.PhoneNumbers)
            {
                cards.Add(CardOf(contact.Name ?? number, number));
            }
        }

        return cards;
    }

    /// <summary>Without <c>wuid</c> the gateway writes a whole address where WhatsApp wants digits (1.8.2/110).</summary>
    private static JsonObject CardOf(string name, string number)
    {
        var digits = string.Concat(number.Where(char.IsAsciiDigit));
        var card = new JsonObject { ["fullName"] = name };
        if (digits.Length >= ShortestCardNumber)
        {
            card["wuid"] = digits;
        }

        card["phoneNumber"] = number;
        return card;
    }

    private static JsonObject PollOf(Poll poll) => new()
    {
        ["name"] = poll.Name ?? "",
        ["selectableCount"] = poll.SelectableCount,
        ["values"] = new JsonArray([.. poll.Options.Select(static option => (JsonNode)option)]),
    };
}
