using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Rest;

/// <summary>The media type where the caller gave none.</summary>
internal static class MediaTypes
{
    public static string Guess(MediaKind kind, string? fileName) => kind switch
    {
        MediaKind.Image => "image/jpeg",
        MediaKind.Video or MediaKind.Note => "video/mp4",
        MediaKind.Audio => "audio/mpeg",
        MediaKind.Sticker => "image/webp",
        _ => fileName?.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase) == true ? "application/pdf" : "application/octet-stream",
    };
}
