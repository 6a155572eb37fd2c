using System.Text.Json;
using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>What a payload tells of media: WhatsApp's names and the Cloud API's (webhooks, 6).</summary>
internal static class MediaReader
{
    public static Media Of(JsonElement value) => new()
    {
        Status = MediaStatus.Pending,
        MimeType = value.Either("mimetype"u8, "mime_type"u8).Words(),
        FileName = value.Either("fileName"u8, "filename"u8).Words(),
        Size = value.Either("fileLength"u8, "file_size"u8).Integer() is { } size and >= 0 ? size : null,
        Seconds = value.Get("seconds"u8).Count(),
        Width = value.Get("width"u8).Count(),
        Height = value.Get("height"u8).Count(),
        Sha256 = value.Either("fileSha256"u8, "sha256"u8).Sha256(),
        VoiceNote = value.Get("ptt"u8).IsTrue() || value.Get("voice"u8).IsTrue(),
        Gif = value.Get("gifPlayback"u8).IsTrue(),
    };

    /// <summary>
    /// The bytes as the payload has them: beside the content, or (what a Cloud API instance sent) inside it.
    /// </summary>
    public static string? DataOf(JsonElement message, in Content content) =>
        message.Get("base64"u8).Words() ?? content.Holder.Get("base64"u8).Words() ?? Inline(content.Value.Get("media"u8));

    /// <summary>The same field is a URL where the sender gave one.</summary>
    public static string? Inline(JsonElement media) =>
        media.Words() is { } text
        && !text.StartsWith("http://", StringComparison.Ordinal)
        && !text.StartsWith("https://", StringComparison.Ordinal)
            ? text
            : null;
}
