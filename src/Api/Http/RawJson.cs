using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Api.Http;

/// <summary>JSON that is put into an answer as it is; what is no JSON becomes a string.</summary>
/// <param name="IsOurs">We wrote it, so nobody needs to look whether it is JSON.</param>
[JsonConverter(typeof(RawJsonConverter))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Bytes, bool IsOurs = false);

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
    {
        if (value.IsOurs || IsJson(value.Bytes.Span))
        {
            writer.WriteRawValue(value.Bytes.Span, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(Encoding.UTF8.GetString(value.Bytes.Span));
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, AnyDepth);
            while (reader.Read())
            {
            }

            return reader.BytesConsumed > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
