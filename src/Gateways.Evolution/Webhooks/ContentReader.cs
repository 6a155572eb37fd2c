using System.Collections.Immutable;
using System.Text.Json;
using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>The content of a message, by its key (webhooks, 6; types by <c>DOMAIN</c>, "type").</summary>
internal static class ContentReader
{
    public static MessageContent Of(in Content content)
    {
        var value = content.Value;
        return content.Kind switch
        {
            ContentKind.Text => new() { Type = MessageType.Text, Text = value.Text() },
            ContentKind.ExtendedText => new() { Type = MessageType.Text, Text = value.Get("text"u8).Text() },
            ContentKind.Image => Media(MessageType.Image, value),
            ContentKind.Video => Media(MessageType.Video, value),
            ContentKind.Audio => Media(MessageType.Audio, value),
            ContentKind.Document => Document(value),
            ContentKind.Sticker => Media(MessageType.Sticker, value),
            ContentKind.Location => Place(value, value.Get("comment"u8).Words()),
            ContentKind.LiveLocation => Place(value, value.Get("caption"u8).Words()),
            ContentKind.Contact => new() { Type = MessageType.Contact, Contacts = [VCard.Of(value)] },
            ContentKind.Contacts => new() { Type = MessageType.Contact, Contacts = Cards(value) },
            ContentKind.Poll => Poll(value),
            ContentKind.Buttons => Menus.Buttons(value),
            ContentKind.List => Menus.List(value),
            ContentKind.Template => Menus.Template(value),
            ContentKind.Flow => Menus.Flow(value),
            ContentKind.ButtonsReply => Replies.Buttons(value),
            ContentKind.ListReply => Replies.List(value),
            ContentKind.TemplateReply => Replies.Template(value),
            ContentKind.FlowReply => Replies.Flow(value),
            ContentKind.System => new() { Type = MessageType.System, RawType = content.Key },
            ContentKind.Unavailable => new() { Type = MessageType.Unavailable, RawType = content.Key },
            _ => new() { Type = MessageType.Unsupported, RawType = content.Key, Text = OtherText.Of(content.Key, value) },
        };
    }

    /// <summary>The words of a content, for an edit; null where it has none.</summary>
    public static string? TextOf(JsonElement message)
    {
        var content = Content.Of(message);
        return content.Finding == Finding.Found ? Of(content).Text : null;
    }

    private static MessageContent Media(MessageType type, JsonElement value) => new()
    {
        Type = type,
        Text = value.Get("caption"u8).Words(),
        Media = MediaReader.Of(value),
        ViewOnce = value.Get("viewOnce"u8).IsTrue(),
    };

    private static MessageContent Document(JsonElement value)
    {
        var content = Media(MessageType.Document, value);
        return content.Media is { FileName: null } media
            ? content with { Media = media with { FileName = value.Get("title"u8).Words() } }
            : content;
    }

    private static MessageContent Place(JsonElement value, string? text) =>
        new() { Type = MessageType.Location, Text = text, Location = LocationOf(value) };

    private static Location? LocationOf(JsonElement value) =>
        value.Get("degreesLatitude"u8).Real() is { } latitude and >= -90 and <= 90
        && value.Get("degreesLongitude"u8).Real() is { } longitude and >= -180 and <= 180
            ? new(latitude, longitude, value.Get("name"u8).Words(), value.Get("address"u8).Words())
            : null;

    private static ImmutableArray<ContactCard> Cards(JsonElement value)
    {
        var cards = ImmutableArray.CreateBuilder<ContactCard>();
        foreach (var contact in value.Get("contacts"u8).Elements())
        {
            if (contact.IsObject())
            {
                cards.Add(VCard.Of(contact));
            }
        }

        return cards.ToImmutable();
    }

    private static MessageContent Poll(JsonElement value)
    {
        var options = ImmutableArray.CreateBuilder<string>();
        foreach (var option in value.Get("options"u8).Elements())
        {
            if (option.Get("optionName"u8).Text() is { } name)
            {
                options.Add(name);
            }
        }

        return new()
        {
            Type = MessageType.Poll,
            Poll = new(value.Get("name"u8).Words(), options.ToImmutable(), value.Get("selectableOptionsCount"u8).Count() ?? 0),
        };
    }
}
