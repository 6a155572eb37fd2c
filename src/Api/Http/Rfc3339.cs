using System.Globalization;

namespace Parley.Api.Http;

/// <summary>Times as RFC 3339 writes them.</summary>
internal static class Rfc3339
{
    /// <summary>Of a second, as fine as a time is kept.</summary>
    private const int FinestDigits = 7;

    private static readonly string[] Forms =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd't'HH:mm:ssK", "yyyy-MM-dd't'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd' 'HH:mm:ssK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK",
    ];

    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || text.Length < 20)
        {
            return false;
        }

        // K also takes a time without a zone; RFC 3339 wants one.
        var zoned = text[^1] is 'Z' or 'z' || text[^6] is '+' or '-';
        return zoned && DateTimeOffset.TryParseExact(
            Shortened(text).ToUpperInvariant(), Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    /// <summary>RFC 3339 bounds the digits of a fraction nowhere: what is finer than a time is kept is left out.</summary>
    private static string Shortened(string text)
    {
        var fraction = text.IndexOf('.', StringComparison.Ordinal) + 1;
        var end = fraction;
        while (fraction > 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - fraction > FinestDigits ? text.Remove(fraction + FinestDigits, end - fraction - FinestDigits) : text;
    }
}
