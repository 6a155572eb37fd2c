using System.Buffers;
using System.Text.Json;
using Parley.Api.Http;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>Writes events as CloudEvents 1.0 in JSON.</summary>
internal static class CloudEventJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = Json.Options.Encoder };

    /// <summary>One event on one line.</summary>
    public static void Write(IBufferWriter<byte> output, RenderedEvent e)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", e.Id);
        json.WriteString("source", e.Source);
        json.WriteString("type", e.Type);
        json.WriteString("subject", e.Subject);
        json.WriteString("time", UtcTimeConverter.Write(e.Time));
        json.WriteString("tenantid", e.TenantId);
        json.WriteString("sequence", e.Sequence);
        json.WriteNumber("position", e.Logged.Position);
        json.WriteString("datacontenttype", "application/json");
        json.WritePropertyName("data");
        json.WriteRawValue(e.Data.Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    public static ReadOnlyMemory<byte> Of(RenderedEvent e)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, e);
        return output.WrittenMemory;
    }
}
