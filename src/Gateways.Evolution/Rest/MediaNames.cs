using System.Buffers;
using System.Collections.Frozen;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>The file name that media is sent under. It tells the type.</summary>
/// <remarks>
/// From 2.3.4 on the gateway goes by the name's extension whatever type it is given, and sends the type <c>false</c> where it knows none:
/// phones then cannot open the file.
/// </remarks>
internal static class MediaNames
{
    private const string Nameless = "file";

    private const int LongestExtension = 8;

    private const int LongestSubtype = 5;

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    /// <summary>Where the subtype is not what files of the type end with, or leads the gateway to another type.</summary>
    private static readonly FrozenDictionary<string, string> Extensions = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["image/jpeg"] = "jpg",
        ["image/svg+xml"] = "svg",
        ["video/3gpp"] = "3gp",
        ["video/quicktime"] = "mov",
        ["video/x-msvideo"] = "avi",
        ["video/x-matroska"] = "mkv",
        ["audio/mpeg"] = "mp3",
        ["audio/mp4"] = "m4a",
        ["audio/x-m4a"] = "m4a",
        ["audio/x-wav"] = "wav",
        ["audio/wave"] = "wav",
        ["audio/vnd.wave"] = "wav",
        ["audio/webm"] = "weba",
        ["audio/x-flac"] = "flac",
        ["audio/x-aac"] = "aac",
        ["text/plain"] = "txt",
        ["text/calendar"] = "ics",
        ["text/vcard"] = "vcf",
        ["text/x-vcard"] = "vcf",
        ["text/markdown"] = "md",
        ["application/gzip"] = "gz",
        ["application/msword"] = "doc",
        ["application/octet-stream"] = "bin",
        ["application/vnd.android.package-archive"] = "apk",
        ["application/vnd.ms-excel"] = "xls",
        ["application/vnd.ms-powerpoint"] = "ppt",
        ["application/vnd.oasis.opendocument.presentation"] = "odp",
        ["application/vnd.oasis.opendocument.spreadsheet"] = "ods",
        ["application/vnd.oasis.opendocument.text"] = "odt",
        ["application/vnd.openxmlformats-officedocument.presentationml.presentation"] = "pptx",
        ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] = "xlsx",
        ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"] = "docx",
        ["application/vnd.rar"] = "rar",
        ["application/x-7z-compressed"] = "7z",
        ["application/x-zip-compressed"] = "zip",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <param name="name">As the sender wants it; null or empty = no wish.</param>
    /// <param name="mimeType">May have parameters; null = not known.</param>
    public static string Of(string? name, string? mimeType)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            name = Nameless;
        }

        return HasExtension(name) ? name : $"{name.TrimEnd('.')}.{ExtensionOf(mimeType)}";
    }

    /// <summary>A dot can also belong to a number or an abbreviation.</summary>
    private static bool HasExtension(string name)
    {
        var dot = name.LastIndexOf('.');
        var extension = name.AsSpan(dot + 1);
        return dot > 0
            && extension.Length is > 0 and <= LongestExtension
            && extension.IndexOfAnyExcept(Letters) < 0
            && extension.IndexOfAnyExceptInRange('0', '9') >= 0;
    }

    private static string ExtensionOf(string? mimeType)
    {
        var type = (mimeType ?? "").Split(';')[0].Trim();
        if (Extensions.TryGetValue(type, out var extension))
        {
            return extension;
        }

        var subtype = type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return subtype.Length is > 0 and <= LongestSubtype && subtype.All(char.IsAsciiLetterOrDigit) ? subtype.ToLowerInvariant() : "bin";
    }
}
