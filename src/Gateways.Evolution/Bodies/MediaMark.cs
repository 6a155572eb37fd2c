using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Bodies;

/// <summary>What stands in a body in the place of media that was stored while the body was read.</summary>
/// <remarks>It begins with a number that this process drew and tells nobody, so that no payload can forge one and
/// point to another tenant's file.</remarks>
internal static class MediaMark
{
    private const int Sha256Digits = 64;

    private static readonly string Prefix = $"parley-media:{RandomNumberGenerator.GetHexString(32, lowercase: true)}:";
    private static readonly byte[] PrefixBytes = Encoding.ASCII.GetBytes(Prefix);

    public static string Write(StoredMedia media) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{media.Sha256}:{media.Size}");

    /// <summary>Whether a mark stands in a text of JSON, as it is written.</summary>
    public static bool IsIn(ReadOnlySpan<byte> text) => text.IndexOf(PrefixBytes) >= 0;

    /// <returns>Null when the text is no mark of this process.</returns>
    public static StoredMedia? Read(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length <= Prefix.Length + Sha256Digits + 1)
        {
            return null;
        }

        var sha256 = text.AsSpan(Prefix.Length, Sha256Digits);
        return text[Prefix.Length + Sha256Digits] == ':'
            && long.TryParse(text.AsSpan(Prefix.Length + Sha256Digits + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? new(sha256.ToString(), size)
            : null;
    }
}
