using System.Text.Json;
using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Sends of the EVOLUTION channel: there the gateway passes on what it was asked to send (recorded, 2.3.7/560).</summary>
internal static class Requests
{
    /// <summary>The content of such a send that has no content key; null when it is none.</summary>
    /// <remarks>Only here the type's name is believed: nothing else tells a picture from a document.</remarks>
    /// <param name="isSend">The event tells what was sent: 2.2.1 to 2.3.3 drop the bytes from it, and nothing is left but the type.</param>
    public static MessageContent? ContentOf(JsonElement message, string? messageType, bool isSend)
    {
        if (message.Get("buttons"u8).IsArray())
        {
            return Menus.Requested(message);
        }

        if (!message.IsObject() || TypeOf(messageType) is not { } type
            || !(message.TryGetProperty("mediaUrl"u8, out _) || message.Get("base64"u8).IsThere() || (isSend && IsEmpty(message))))
        {
            return null;
        }

        return new()
        {
            Type = type,
            Text = message.Get("caption"u8).Words(),
            Media = MediaReader.Of(message),
            QuotedMessageId = QuotedBy(message),
        };
    }

    /// <summary>The bytes; up to 2.2 they stand where the URL stands if the sender gave one.</summary>
    public static string? DataOf(JsonElement message) => message.Get("base64"u8).Words() ?? MediaReader.Inline(message.Get("mediaUrl"u8));

    public static string? QuotedBy(JsonElement message)
    {
        var quoted = message.Get("quoted"u8);
        return MessageKey.IdOf(quoted.Get("id"u8)) ?? MessageKey.IdOf(quoted.Get("key"u8, "id"u8));
    }

    private static bool IsEmpty(JsonElement message) => message.EnumerateObject().All(static p => p.NameEquals("quoted"u8));

    private static MessageType? TypeOf(string? messageType) => messageType switch
    {
        "imageMessage" => MessageType.Image,
        "videoMessage" or "ptvMessage" => MessageType.Video,
        "audioMessage" => MessageType.Audio,
        "documentMessage" => MessageType.Document,
        "stickerMessage" => MessageType.Sticker,
        _ => null,
    };
}
