using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Ports.Rows;

/// <summary>A time as Unix milliseconds where that says all of it, else as text: short, and nothing is lost.</summary>
internal sealed class TimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number
            ? DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64())
            : reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        if (value.Offset == TimeSpan.Zero && value.Ticks % TimeSpan.TicksPerMillisecond == 0)
        {
            writer.WriteNumberValue(value.ToUnixTimeMilliseconds());
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }
}
