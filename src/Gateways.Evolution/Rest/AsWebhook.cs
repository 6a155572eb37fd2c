using System.Buffers;
using System.Text.Json;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>Reads what the gateway answered as if it had told it by webhook: one reader, one way of keeping what cannot be read.</summary>
internal static class AsWebhook
{
    private static readonly EvolutionWebhookReader Reader = new();

    public static WebhookReading Read(string eventName, string instanceName, IEnumerable<JsonElement> rows, DateTimeOffset now)
    {
        var body = new ArrayBufferWriter<byte>(16 * 1024);
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("event", eventName);
            writer.WriteString("instance", instanceName);
            writer.WriteStartArray("data");
            foreach (var row in rows)
            {
                row.WriteTo(writer);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Reader.Read(body.WrittenMemory, now);
    }
}
