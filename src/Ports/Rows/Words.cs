using System.Text;
using Parley.Domain.Addresses;

namespace Parley.Ports.Rows;

/// <summary>
/// How names and numbers are cut into words to be found by: names by the beginnings of their words whatever their case and
/// accents, numbers by their first or last digits.
/// </summary>
internal static class Words
{
    /// <summary>The kinds are told apart by the first letter of the word.</summary>
    private const char Name = 'n';
    private const char Digits = 'd';
    private const char Backwards = 'r';

    /// <summary>The longest word of a name that is kept.</summary>
    private const int LongestWord = 40;
    private const int MostWords = 12;

    public static IReadOnlyList<string> OfName(string name) =>
        [.. Split(name).Take(MostWords).Select(word => Name + word).Distinct(StringComparer.Ordinal)];

    public static IReadOnlyList<string> OfAddress(Address address)
    {
        if (!address.IsPhone)
        {
            return [];
        }

        var canonical = address.Canonical;
        string[] spellings = canonical == address ? [address.Value] : [address.Value, canonical.Value];
        return [.. spellings.SelectMany(digits => new[] { Digits + digits, Backwards + Reverse(digits) })];
    }

    /// <summary>What a query looks for: all of it must be found, each part under one of its prefixes.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> OfQuery(string query)
    {
        // A number in any spelling is one part, blanks or not.
        if (query.Any(char.IsAsciiDigit) && !query.AsSpan().ContainsAnyExcept("+0123456789 ()-.\u00a0"))
        {
            return [OfDigits(string.Concat(query.Where(char.IsAsciiDigit)))];
        }

        return [.. Split(query).Distinct(StringComparer.Ordinal).Select(word => word.All(char.IsAsciiDigit) ? OfDigits(word) : [Name + word])];
    }

    private static IReadOnlyList<string> OfDigits(string digits) => [Name + digits, Digits + digits, Backwards + Reverse(digits)];

    private static IEnumerable<string> Split(string text)
    {
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                if (word.Length < LongestWord)
                {
                    Folding.Append(word, rune);
                }
            }
            else if (!IsMark(rune) && word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }

    /// <summary>Accents that stand as characters of their own are part of no word.</summary>
    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.EnclosingMark;

    private static string Reverse(string digits) =>
        string.Create(digits.Length, digits, static (span, source) =>
        {
            source.AsSpan().CopyTo(span);
            span.Reverse();
        });
}
