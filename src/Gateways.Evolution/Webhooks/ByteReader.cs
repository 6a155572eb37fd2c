using System.Text.Json;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Short byte strings in every form in which the gateway writes them (webhooks, 5.1 "Encodings").</summary>
internal static class ByteReader
{
    private const int Sha256Length = 32;

    /// <summary>
    /// A SHA-256 as lower-case hexadecimal, from base64, hexadecimal, an object with index keys, an array or a
    /// <c>{"type":"Buffer","data":[…]}</c>; null for anything that is not 32 bytes.
    /// </summary>
    public static string? Sha256(this JsonElement value)
    {
        Span<byte> bytes = stackalloc byte[Sha256Length];
        return value.ValueKind switch
        {
            JsonValueKind.String => FromText(value.GetString()!, bytes),
            JsonValueKind.Array => FromArray(value, bytes),
            JsonValueKind.Object when value.Get("data"u8) is { ValueKind: JsonValueKind.Array } data => FromArray(data, bytes),
            JsonValueKind.Object => FromIndexes(value, bytes),
            _ => null,
        };
    }

    private static string? FromText(string text, Span<byte> bytes)
    {
        if (text.Length == Sha256Length * 2 && text.All(char.IsAsciiHexDigit))
        {
            return text.ToLowerInvariant();
        }

        return Convert.TryFromBase64String(text, bytes, out var written) && written == Sha256Length
            ? Convert.ToHexStringLower(bytes)
            : null;
    }

    private static string? FromArray(JsonElement array, Span<byte> bytes)
    {
        if (array.GetArrayLength() != Sha256Length)
        {
            return null;
        }

        var i = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetByte(out bytes[i++]))
            {
                return null;
            }
        }

        return Convert.ToHexStringLower(bytes);
    }

    private static string? FromIndexes(JsonElement value, Span<byte> bytes)
    {
        var seen = 0u;
        foreach (var member in value.EnumerateObject())
        {
            if (!int.TryParse(member.Name, out var index) || index is < 0 or >= Sha256Length
                || member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetByte(out bytes[index]))
            {
                return null;
            }

            seen |= 1u << index;
        }

        return seen == uint.MaxValue ? Convert.ToHexStringLower(bytes) : null;
    }
}
