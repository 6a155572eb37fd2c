namespace Parley.Ports.Rows;

/// <summary>The name of a media file as a row keeps it.</summary>
internal static class MediaHash
{
    private const int HexLength = 64;

    /// <returns>Null for what is no SHA-256 in hexadecimal.</returns>
    public static byte[]? Of(string? sha256) =>
        sha256 is { Length: HexLength } && !sha256.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF")
            ? Convert.FromHexString(sha256)
            : null;
}
