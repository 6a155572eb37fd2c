using System.Globalization;
using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Rest;

/// <summary>The calls that send: flat in v2, with the content and the options apart in v1.</summary>
internal static class SendCalls
{
    public static Task<Answer> Text(RestCall call)
    {
        var text = Part(call, "textMessage").Text("text");
        if (string.IsNullOrWhiteSpace(text))
        {
            return Task.FromResult(call.Dialect.IsV1
                ? Answer.Invalid("The \"text\" cannot be empty")
                : Answer.Errors(400, "Text is required"));
        }

        return Send(call, new TextContent(text) { Extended = call.Dialect.IsV1 });
    }

    public static async Task<Answer> Media(RestCall call)
    {
        var part = Part(call, "mediaMessage");
        var kind = part.Text("mediatype") switch
        {
            "image" => MediaKind.Image,
            "video" => MediaKind.Video,
            "audio" => MediaKind.Audio,
            "document" => MediaKind.Document,
            _ => throw new RestException(Answer.Invalid("mediatype is not one of enum values: image,document,video,audio,ptv")),
        };
        var media = part.Text("media") ?? "";
        var isUrl = media.StartsWith("http", StringComparison.Ordinal);
        var fileName = part.Text("fileName") ?? (isUrl ? media.Split('?')[0].Split('/')[^1] : null);
        if (kind == MediaKind.Document && fileName is null)
        {
            return Answer.Errors(400, "For base64 the file name must be informed.");
        }

        var bytes = await MediaSource.Read(call.Dialect, part, "media");
        return await Send(call, new MediaContent(kind, bytes, MediaTypes.Of(call.Dialect, kind, part.Text("mimetype"), fileName))
        {
            Caption = part.Text("caption"),
            FileName = kind == MediaKind.Document ? fileName : null,
            Width = kind == MediaKind.Image ? 16 : null,
            Height = kind == MediaKind.Image ? 16 : null,
            Thumbnail = kind == MediaKind.Image ? [0xff, 0xd8, 0xff, 0xd9] : null,
        });
    }

    public static async Task<Answer> Audio(RestCall call)
    {
        var bytes = await MediaSource.Read(call.Dialect, Part(call, "audioMessage"), "audio");
        if (call.Dialect.IsV1 && call.Body["options"] is null)
        {
            return Answer.Error(500, "Cannot set properties of undefined (setting 'encoding')");
        }

        var isConverted = call.Dialect.IsV1 && call.Body["options"].Flag("encoding") != false;
        return await Send(call, new MediaContent(MediaKind.Audio, bytes, isConverted ? "audio/mp4" : "audio/ogg; codecs=opus")
        {
            VoiceNote = true,
            Seconds = call.Dialect.IsV1 ? 1 : null,
        });
    }

    public static async Task<Answer> Note(RestCall call) =>
        await Send(call, new MediaContent(MediaKind.Note, await MediaSource.Read(call.Dialect, call.Body, "video"), "video/mp4"));

    public static async Task<Answer> Sticker(RestCall call)
    {
        if (call.Dialect.IsV1)
        {
            return Answer.Errors(400, "TypeError: Cannot read properties of undefined (reading 'contextInfo')");
        }

        if (call.Body["file"] is not null)
        {
            // It takes a file, and then looks for the text.
            return Answer.Error(500, "Invalid URL");
        }

        return await Send(call, new MediaContent(MediaKind.Sticker, await MediaSource.Read(call.Dialect, call.Body, "sticker"), "image/webp"));
    }

    public static Task<Answer> Location(RestCall call)
    {
        var part = Part(call, "locationMessage");
        return Send(call, new LocationContent(
            Degrees(part, "latitude"), Degrees(part, "longitude"), part.Text("name"), part.Text("address")));
    }

    public static Task<Answer> Contact(RestCall call)
    {
        var cards = (call.Dialect.IsV1 ? call.Body["contactMessage"] : call.Body["contact"]) as JsonArray ?? [];
        return Send(call, new ContactContent([.. cards.Select(VCards.Write)]));
    }

    public static Task<Answer> Reaction(RestCall call)
    {
        var part = Part(call, "reactionMessage");
        var emoji = part.Text("reaction") ?? "";
        if (!(emoji.Length == 0 && call.Dialect.TakesReactionsBack) && !Emojis.IsOne(emoji))
        {
            return Task.FromResult(Answer.Errors(
                400, call.Dialect.TakesReactionsBack ? "Reaction must be a single emoji or empty string" : "\"reaction\" must be an emoji"));
        }

        var key = part["key"];
        var chat = key.Text("remoteJid") ?? "";
        var target = new MessageKey(chat, key.Flag("fromMe") ?? false, key.Text("id") ?? "", key.Text("participant"));
        return Outgoing.Send(call, chat, new ReactionContent(target, emoji, DateTimeOffset.UtcNow), options: null);
    }

    public static Task<Answer> Poll(RestCall call)
    {
        var part = Part(call, "pollMessage");
        var options = part.Texts("values") ?? [];
        if (options.Distinct(StringComparer.Ordinal).Count() < options.Count)
        {
            return Task.FromResult(Answer.Invalid($"{PathOf(call, "pollMessage")}values contains duplicate item"));
        }

        if (options.Count < 2)
        {
            return Task.FromResult(Answer.Invalid($"{PathOf(call, "pollMessage")}values does not meet minimum length of 2"));
        }

        return Send(call, new PollContent(part.Text("name") ?? "", options, part.Number("selectableCount") ?? 1));
    }

    public static Task<Answer> List(RestCall call)
    {
        if (call.Dialect.RawProtobuf)
        {
            // To a person it always fails.
            return Task.FromResult(Answer.Errors(400, "TypeError: this.isZero is not a function"));
        }

        var part = Part(call, "listMessage");
        var list = new JsonObject
        {
            ["title"] = part.Text("title"),
            ["description"] = part.Text("description"),
            ["buttonText"] = part.Text("buttonText"),
            ["listType"] = "PRODUCT_LIST",
            ["footerText"] = part.Text("footerText"),
            ["sections"] = part["sections"]?.DeepClone(),
        };
        return Send(call, new OtherContent("listMessage", list, part.Text("title")));
    }

    public static Task<Answer> Buttons(RestCall call)
    {
        if (call.Dialect.IsV1)
        {
            return Task.FromResult(Answer.Errors(400, "Method not available on WhatsApp Baileys"));
        }

        return Send(call, Menus.Buttons(call.Body));
    }

    public static async Task<Answer> Status(RestCall call)
    {
        await Outgoing.CheckSession(call, "");
        var text = Part(call, "statusMessage").Text("content") ?? "";
        return Answer.Created(await call.Instance.Sends.Send(
            "status@broadcast", new TextContent(text) { Extended = call.Dialect.IsV1 }, MessageContext.None));
    }

    private static JsonObject Part(RestCall call, string name) => (call.Dialect.IsV1 ? call.Body[name] as JsonObject : call.Body) ?? [];

    private static string PathOf(RestCall call, string part) => call.Dialect.IsV1 ? $"{part}." : "";

    private static Task<Answer> Send(RestCall call, Content content)
    {
        if (call.Body["number"] is not JsonValue number || !number.TryGetValue<string>(out var text))
        {
            return Task.FromResult(Answer.Invalid("Invalid format"));
        }

        return Outgoing.Send(call, text, content, call.Dialect.IsV1 ? call.Body["options"] as JsonObject : call.Body);
    }

    private static double Degrees(JsonObject part, string name) => part[name] is JsonValue value
        ? value.TryGetValue<double>(out var number) ? number : double.Parse(value.ToString(), CultureInfo.InvariantCulture)
        : 0;
}
