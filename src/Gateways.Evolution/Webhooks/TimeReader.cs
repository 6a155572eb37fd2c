using System.Globalization;
using System.Text.Json;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Times in seconds, milliseconds or microseconds, told apart by their size.</summary>
internal static class TimeReader
{
    private const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
    private const long MillisecondsFrom = 100_000_000_000;
    private const long MicrosecondsFrom = 100_000_000_000_000;

    /// <summary>WhatsApp began in 2009: what lies before it (0, 1, negative numbers) is no time.</summary>
    private const long Earliest = 1_230_768_000_000;

    /// <summary>2100-01-01.</summary>
    private const long Latest = 4_102_444_800_000;

    /// <summary>Unix milliseconds; null when the value is no number or no time that a message can have.</summary>
    public static long? Milliseconds(this JsonElement value)
    {
        if (value.Integer() is not { } number)
        {
            return null;
        }

        var milliseconds = number switch
        {
            < 0 => -1,
            < MillisecondsFrom => number * 1000,
            < MicrosecondsFrom => number,
            _ => number / 1000,
        };
        return milliseconds is >= Earliest and < Latest ? milliseconds : null;
    }

    /// <summary>The envelope's <c>date_time</c> as it is written, with or without zone (webhooks, 1).</summary>
    public static long? WallClock(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String
            || !DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, Styles, out var time))
        {
            return null;
        }

        var milliseconds = time.ToUnixTimeMilliseconds();
        return milliseconds is >= Earliest and < Latest ? milliseconds : null;
    }
}
