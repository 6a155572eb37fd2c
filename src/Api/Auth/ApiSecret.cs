using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Api.Auth;

/// <summary>Keys and webhook tokens: <c>prefix_</c>, 30 random base62 characters, 6 base62 characters of their CRC-32.</summary>
/// <remarks>The checksum rejects typos and made-up keys without a look-up. 178 random bits need no slow hash.</remarks>
internal static partial class ApiSecret
{
    public const string KeyPrefix = "parley_";
    public const string TokenPrefix = "hook_";

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 30;
    private const int ChecksumLength = 6;

    public static string NewKey() => New(KeyPrefix);

    public static string NewToken() => New(TokenPrefix);

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>The end of a secret, by which people tell theirs apart.</summary>
    public static string Hint(string secret) => secret[^4..];

    /// <summary>A text with webhook tokens somewhere in it, each without all but its hint.</summary>
    public static string MaskTokens(string text) => Token().Replace(text, static token => $"****{Hint(token.Value)}");

    public static bool IsWellFormed(string secret, string prefix)
    {
        if (secret.Length != prefix.Length + RandomLength + ChecksumLength || !secret.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var body = secret[..^ChecksumLength];
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Checksum(body)), Encoding.UTF8.GetBytes(secret[^ChecksumLength..]));
    }

    [GeneratedRegex("hook_[0-9A-Za-z]{36}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();

    private static string New(string prefix)
    {
        var body = prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength);
        return body + Checksum(body);
    }

    private static string Checksum(string text)
    {
        var crc = Crc32.Of(Encoding.UTF8.GetBytes(text));
        Span<char> digits = stackalloc char[ChecksumLength];
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            digits[i] = Alphabet[(int)(crc % 62)];
            crc /= 62;
        }

        return digits.ToString();
    }
}
