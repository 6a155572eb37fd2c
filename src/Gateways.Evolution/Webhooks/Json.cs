using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Reading of JSON in which every field is optional and may have any type.</summary>
internal static class Json
{
    /// <summary>Deep enough for quotes within quotes; a body nested deeper is no gateway's.</summary>
    public const int MaxDepth = 512;

    public static JsonDocumentOptions Options { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>The member of that name; <c>Undefined</c> where the value is no object or has none.</summary>
    public static JsonElement Get(this JsonElement value, ReadOnlySpan<byte> name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : default;

    public static JsonElement Get(this JsonElement value, ReadOnlySpan<byte> name, ReadOnlySpan<byte> inner) => value.Get(name).Get(inner);

    /// <summary>The first of both names that is there and not null.</summary>
    public static JsonElement Either(this JsonElement value, ReadOnlySpan<byte> name, ReadOnlySpan<byte> other)
    {
        var member = value.Get(name);
        return member.IsThere() ? member : value.Get(other);
    }

    public static bool IsThere(this JsonElement value) => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public static bool IsObject(this JsonElement value) => value.ValueKind == JsonValueKind.Object;

    public static bool IsArray(this JsonElement value) => value.ValueKind == JsonValueKind.Array;

    /// <summary>A string, else null.</summary>
    public static string? Text(this JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A string that says something, else null.</summary>
    public static string? Words(this JsonElement value)
    {
        var text = value.Text();
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    /// <summary>The beginning of a text, no longer than that many characters and with no half of a surrogate pair at its end.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Cut(this string? text, int most) => text is null || text.Length <= most
        ? text
        : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>True, <c>"true"</c> or a number other than 0.</summary>
    public static bool IsTrue(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String => value.ValueEquals("true"u8),
        JsonValueKind.Number => value.TryGetInt64(out var number) && number != 0,
        _ => false,
    };

    /// <summary>The elements of an array, none of anything else.</summary>
    public static JsonElement.ArrayEnumerator Elements(this JsonElement value) => value.IsArray() ? value.EnumerateArray() : default;
}
