using Microsoft.AspNetCore.StaticFiles;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Rest;

/// <summary>The type that media is sent with.</summary>
internal static class MediaTypes
{
    private static readonly FileExtensionContentTypeProvider Extensions = new()
    {
        Mappings = { [".ogg"] = "audio/ogg", [".weba"] = "audio/webm", [".rar"] = "application/vnd.rar" },
    };

    /// <param name="given">By the caller; null = it names none.</param>
    public static string Of(Dialect dialect, MediaKind kind, string? given, string? fileName) =>
        dialect.TypesByName && fileName is not null ? OfName(fileName) : given ?? Guess(kind, fileName);

    /// <summary>An extension that is not known makes the word <c>false</c> of the type.</summary>
    private static string OfName(string fileName) => Extensions.TryGetContentType(fileName, out var type) ? type : "false";

    private static string Guess(MediaKind kind, string? fileName) => kind switch
    {
        MediaKind.Image => "image/jpeg",
        MediaKind.Video or MediaKind.Note => "video/mp4",
        MediaKind.Audio => "audio/mpeg",
        MediaKind.Sticker => "image/webp",
        _ => fileName?.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase) == true ? "application/pdf" : "application/octet-stream",
    };
}
