using System.Globalization;
using System.Text.Json;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>64-bit numbers in every form in which the gateway writes them (webhooks, 5.1 "Encodings").</summary>
/// <remarks>The form is told by the value's own type: one gateway version uses several.</remarks>
internal static class NumberReader
{
    /// <summary>A number, a decimal string or <c>{low, high, unsigned}</c>; null for anything else.</summary>
    public static long? Integer(this JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                return value.TryGetInt64(out var number) ? number : Truncated(value.GetDouble());
            case JsonValueKind.String:
                return FromText(value.GetString()!);
            case JsonValueKind.Object:
                return FromLong(value);
            default:
                return null;
        }
    }

    /// <summary>As <see cref="Integer"/>; null when it is negative or no 32-bit number.</summary>
    public static int? Count(this JsonElement value) => value.Integer() is { } number and >= 0 and <= int.MaxValue ? (int)number : null;

    /// <summary>A finite number, also as a string.</summary>
    public static double? Real(this JsonElement value)
    {
        double number;
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                number = value.GetDouble();
                break;
            case JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number):
                break;
            default:
                return null;
        }

        return double.IsFinite(number) ? number : null;
    }

    private static long? FromText(string text)
    {
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? Truncated(real) : null;
    }

    private static long? FromLong(JsonElement value)
    {
        var low = value.Get("low"u8);
        if (low.ValueKind != JsonValueKind.Number || !low.TryGetInt64(out var lower))
        {
            return null;
        }

        var upper = value.Get("high"u8) is { ValueKind: JsonValueKind.Number } high && high.TryGetInt64(out var h) ? h : 0;
        return unchecked((upper << 32) | (uint)lower);
    }

    private static long? Truncated(double number) => number is > -9.2e18 and < 9.2e18 ? (long)number : null;
}
