using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Silo.Logging;

/// <summary>Texts as the log may have them: what others send makes no lines of its own, and people's numbers stay out.</summary>
internal static partial class LogText
{
    private const string Indent = "   ";

    /// <summary>The text with every character escaped that a terminal or a reader of lines acts on.</summary>
    public static string OneLine(string text)
    {
        if (!text.Any(IsControl))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (IsControl(c))
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                line.Append(c);
            }
        }

        return line.ToString();
    }

    /// <summary>An exception's text: its lines stay lines, and none begins as those of the log do.</summary>
    public static string Indented(string text) => string.Join(
        Environment.NewLine,
        text.Split('\n').Select(static line => line.TrimEnd('\r')).Select(static line => OneLine(line.StartsWith(Indent, StringComparison.Ordinal) ? line : Indent + line)));

    /// <summary>The text without numbers as long as those of people. Orleans names a conversation by two of them.</summary>
    public static string WithoutNumbers(string text)
    {
        try
        {
            return Numbers().Replace(text, "***");
        }
        catch (RegexMatchTimeoutException)
        {
            // The machine stood still meanwhile. Whoever logs must not fail for that.
            return "(left out: it could not be looked through for numbers in time)";
        }
    }

    private static bool IsControl(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    /// <summary>Eight digits or more, but for the last part of a silo's address (<c>S10.0.0.1:11111:530000000</c>), which tells one start of it from the
    /// next.</summary>
    [GeneratedRegex(
        @"(?<!\d)(?<!S(\d{1,3}\.){3}\d{1,3}:\d{1,5}:)(?<!\]:\d{1,5}:)\d{8,}",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
