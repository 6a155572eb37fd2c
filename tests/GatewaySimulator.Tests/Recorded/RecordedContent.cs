using System.Globalization;
using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Tests.Recorded;

/// <summary>Reads what a recorded message says, so that the simulator can write it anew.</summary>
internal static class RecordedContent
{
    public static Content Read(JsonObject data)
    {
        var message = data["message"]!;
        var type = (string?)data["messageType"] ?? "";
        var value = message[type];
        return type switch
        {
            "conversation" => new TextContent((string)value!),
            "extendedTextMessage" => new TextContent((string)value!["text"]!) { Extended = true },
            "imageMessage" => Media(MediaKind.Image, value!),
            "videoMessage" => Media(MediaKind.Video, value!),
            "audioMessage" => Media(MediaKind.Audio, value!),
            "documentWithCaptionMessage" => Media(MediaKind.Document, value!["message"]!["documentMessage"]!),
            "documentMessage" => Media(MediaKind.Document, value!),
            "stickerMessage" => Media(MediaKind.Sticker, value!),
            "reactionMessage" => Reaction(value!),
            "locationMessage" => new LocationContent(
                (double)value!["degreesLatitude"]!, (double)value["degreesLongitude"]!, (string?)value["name"], (string?)value["address"]),
            "pollCreationMessageV3" => new PollContent(
                (string)value!["name"]!,
                [.. value["options"]!.AsArray().Select(static option => (string)option!["optionName"]!)],
                (int)value["selectableOptionsCount"]!),
            "pollUpdateMessage" => new VoteContent(
                Key(value!["pollCreationMessageKey"]!),
                [.. value["vote"]!["selectedOptions"]!.AsArray().Select(static option => (string)option!)],
                Time(value["senderTimestampMs"]!)),
            "contactMessage" => new ContactContent([new ContactCard((string)value!["displayName"]!, (string)value["vcard"]!)]),
            _ => throw new NotSupportedException(type),
        };
    }

    private static MediaContent Media(MediaKind kind, JsonNode value) => new(kind, [1, 2, 3], (string)value["mimetype"]!)
    {
        Caption = (string?)value["caption"],
        FileName = (string?)value["fileName"],
        VoiceNote = (bool?)value["ptt"] ?? false,
        Seconds = (int?)value["seconds"],
        Height = (int?)value["height"],
        Width = (int?)value["width"],
        Thumbnail = value["jpegThumbnail"] is null ? null : [1, 2, 3],
    };

    private static ReactionContent Reaction(JsonNode value) => new(Key(value["key"]!), (string)value["text"]!, Time(value["senderTimestampMs"]!));

    private static MessageKey Key(JsonNode key) =>
        new((string)key["remoteJid"]!, (bool)key["fromMe"]!, (string)key["id"]!, (string?)key["participant"]);

    private static DateTimeOffset Time(JsonNode milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds is JsonObject halves
        ? ((long)halves["high"]! << 32) + (uint)(long)halves["low"]!
        : long.Parse(milliseconds.ToString(), CultureInfo.InvariantCulture));
}
