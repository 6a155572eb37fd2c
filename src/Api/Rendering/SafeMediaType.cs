using Microsoft.Net.Http.Headers;

namespace Parley.Api.Rendering;

/// <summary>Under which media type bytes of strangers are served: what a browser might run is handed out as a file.</summary>
internal static class SafeMediaType
{
    private const string Bytes = "application/octet-stream";

    private static readonly HashSet<string> Shown = new(StringComparer.OrdinalIgnoreCase)
    {
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/heic", "image/avif",
        "audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus", "audio/wav", "audio/webm",
        "video/mp4", "video/3gpp", "video/quicktime", "video/webm", "application/pdf", "text/plain",
    };

    private static readonly HashSet<string> Active = new(StringComparer.OrdinalIgnoreCase)
    {
        "text/html", "text/xml", "application/xml", "text/javascript", "application/javascript", "application/ecmascript",
        "application/x-javascript", "text/css", "text/xsl", "text/vbscript", "application/x-shockwave-flash", "multipart/x-mixed-replace",
    };

    /// <returns>The media type, and whether a browser may show it in place.</returns>
    public static (string Type, bool Inline) Of(string? mimeType)
    {
        if (!MediaTypeHeaderValue.TryParse(mimeType, out var parsed) || parsed.MediaType is not { Value: { } type })
        {
            return (Bytes, false);
        }

        if (Active.Contains(type) || type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase) || type.Contains('*', StringComparison.Ordinal))
        {
            return (Bytes, false);
        }

        // A text of unknown encoding must not be guessed at: some encodings hide markup.
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            ? ($"{type.ToLowerInvariant()}; charset=utf-8", Shown.Contains(type))
            : (type.ToLowerInvariant(), Shown.Contains(type));
    }
}
