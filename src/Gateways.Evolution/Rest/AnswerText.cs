using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Gateways.Evolution.Webhooks;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>What a gateway said of an error, as one short text without secrets (gateway notes, 8, rules 15 and 17).</summary>
internal static partial class AnswerText
{
    private const int Longest = 300;

    /// <summary>Enough to look at: what lies behind is cut off anyway.</summary>
    private const int LongestCollected = 4 * 1024;

    private const string LeftOut = "(left out)";

    private static readonly FrozenSet<string> Secrets = FrozenSet.ToFrozenSet(
        ["apikey", "hash", "token", "jwt", "base64", "code", "pairingCode", "qrcode", "headers", "webhook", "stack"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The message, wherever and of whatever type it is.</summary>
    public static JsonElement MessageOf(JsonElement answer)
    {
        var message = answer.Get("response"u8, "message"u8);
        return message.IsThere() ? message : answer.Get("message"u8);
    }

    /// <summary>The message as it came, to be searched for words: all its texts, one after the other.</summary>
    public static string Raw(JsonElement answer)
    {
        var text = new StringBuilder();
        Collect(MessageOf(answer), text);
        if (text.Length == 0 && answer.Get("error"u8).Words() is { } error)
        {
            text.Append(error);
        }

        return text.ToString();
    }

    /// <summary>The message for people.</summary>
    /// <param name="secrets">Texts that must not be in it.</param>
    public static string Shown(string raw, IEnumerable<string> secrets)
    {
        foreach (var secret in secrets.Where(static s => s.Length > 0).OrderByDescending(static s => s.Length))
        {
            raw = raw.Replace(secret, LeftOut, StringComparison.OrdinalIgnoreCase);
        }

        var text = Long().Replace(raw, LeftOut).ReplaceLineEndings(" ");
        if (text.Length <= Longest)
        {
            return text;
        }

        // A character of two UTF-16 units is not torn.
        var end = char.IsHighSurrogate(text[Longest - 2]) ? Longest - 2 : Longest - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    private static void Collect(JsonElement value, StringBuilder text)
    {
        if (text.Length > LongestCollected)
        {
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                text.Append(text.Length == 0 ? "" : "; ").Append(value.GetString());
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Collect(item, text);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    if (!Secrets.Contains(member.Name))
                    {
                        Collect(member.Value, text);
                    }
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Data URLs, and runs of letters that no word is: keys, tokens, QR codes, base64.</summary>
    [GeneratedRegex(
        "data:[^\\s\"]+|[A-Za-z0-9+/=_@,-]{32,}",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Long();
}
