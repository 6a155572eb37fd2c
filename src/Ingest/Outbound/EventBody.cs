using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Parley.Ingest.Outbound;

/// <summary>What is posted: <c>{type,timestamp,data}</c>, and the tenant for the administrator's endpoints.</summary>
public static class EventBody
{
    /// <summary>A time as events carry it: RFC 3339, UTC, with milliseconds.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <param name="tenantId">Null = it is not named.</param>
    /// <param name="data">JSON.</param>
    public static byte[] Write(string type, DateTimeOffset timestamp, string? tenantId, ReadOnlySpan<byte> data)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length + 256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            writer.WriteString("timestamp", Time(timestamp));
            if (tenantId is not null)
            {
                writer.WriteString("tenantId", tenantId);
            }

            writer.WritePropertyName("data");
            writer.WriteRawValue(data, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
