using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Writing;

/// <summary>How one place of one version writes bytes and 64 bits.</summary>
/// <param name="BytesAsObject">An object of numbers instead of base64.</param>
/// <param name="LongsAsObject">Two halves instead of decimal text.</param>
public sealed record Wire(bool BytesAsObject, bool LongsAsObject)
{
    /// <summary>Webhooks and REST answers up to 2.3.2, and edits of all versions.</summary>
    public static Wire Text { get; } = new(BytesAsObject: false, LongsAsObject: false);

    /// <summary>Upserts and send answers of 2.3.5 and later.</summary>
    public static Wire Raw { get; } = new(BytesAsObject: true, LongsAsObject: true);

    /// <summary>What is read back from the database.</summary>
    public static Wire Stored { get; } = new(BytesAsObject: false, LongsAsObject: true);

    public JsonNode Bytes(ReadOnlySpan<byte> bytes)
    {
        if (!BytesAsObject)
        {
            return Convert.ToBase64String(bytes);
        }

        var keys = new JsonObject();
        for (var index = 0; index < bytes.Length; index++)
        {
            keys[index.ToString()] = bytes[index];
        }

        return keys;
    }

    public JsonNode Long(long value, bool unsigned = false) => LongsAsObject ? Halves(value, unsigned) : value.ToString();

    public static JsonObject Halves(long value, bool unsigned) => new()
    {
        ["low"] = (int)(value & 0xffffffff),
        ["high"] = (int)(value >> 32),
        ["unsigned"] = unsigned,
    };
}
