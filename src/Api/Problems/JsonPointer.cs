using System.Text;

namespace Parley.Api.Problems;

/// <summary>Places in a body as RFC 6901 writes them in an address.</summary>
internal static class JsonPointer
{
    private const string QuoteBegins = "['";
    private const string QuoteEnds = "']";

    /// <param name="path">As the reader of JSON tells it: <c>$.numbers[0]</c>, <c>$.metadata['a.b']</c>.</param>
    public static string Of(string path)
    {
        var pointer = new StringBuilder("#");
        for (var rest = path.AsSpan(1); rest.Length > 0;)
        {
            var (token, length) = First(rest);
            pointer.Append('/').Append(Uri.EscapeDataString(
                token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));
            rest = rest[length..];
        }

        return pointer.ToString();
    }

    private static (string Token, int Length) First(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith(QuoteBegins, StringComparison.Ordinal))
        {
            var quoted = rest[QuoteBegins.Length..];
            var end = quoted.IndexOf(QuoteEnds, StringComparison.Ordinal);
            end = end < 0 ? quoted.Length : end;
            return (quoted[..end].ToString(), Math.Min(rest.Length, QuoteBegins.Length + end + QuoteEnds.Length));
        }

        var next = rest[1..].IndexOfAny('.', '[');
        var length = next < 0 ? rest.Length : next + 1;
        return (rest[1..length].TrimEnd(']').ToString(), length);
    }
}
