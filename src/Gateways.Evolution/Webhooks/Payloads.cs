using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Gateways.Evolution.Bodies;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>A body reduced to its envelope and one element, without secrets: what may be kept and shown.</summary>
/// <remarks>
/// Left out by name, wherever they are: keys of any kind, codes that open a session, and media and pictures in base64.
/// The envelope's <c>destination</c> holds Parley's own webhook token, its <c>apikey</c> the gateway's key. That key is left out
/// wherever it stands: some events name it otherwise (<c>hash</c>), or quote it inside a text. The mark of
/// media that was stored is left out by what it is: <c>mediaUrl</c> may be a URL, which stays.
/// </remarks>
internal sealed class Payloads(ReadOnlyMemory<byte> body)
{
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
        [
            "apikey", "api_key", "authorization", "base64", "code", "initialHistBootstrapInlinePayload", "jpegThumbnail", "jwt",
            "media", "mediaKey", "messageSecret", "pairingCode", "thumbnail", "token", "accessToken", "access_token", "destination",

            // WhatsApp's other keys: of a group's sender, of the app's state, of a poll, of a call, of an invoice.
            "axolotlSenderKeyDistributionMessage", "keyData", "encKey", "callKey", "masterKey", "attachmentMediaKey",
        ],
        StringComparer.OrdinalIgnoreCase);

    private const string Removed = "(removed: it held the gateway's key)";
    private const string RemovedMedia = "(removed: it was media)";

    /// <summary>Shorter ones may stand anywhere by chance: <c>whatsapp</c> is in every address.</summary>
    private const int ShortestKey = 16;

    /// <summary>Of a member beside <c>data</c>, bytes as it is written: a name with every character escaped, and its quotes.</summary>
    private const int LongestOfEnvelope = (Envelope.LongestName * 6) + 2;

    // Never disposed: payloads are asked for seldom, yet perhaps for each of thousands of elements.
    private readonly Lazy<JsonDocument> _document = new(() => JsonDocument.Parse(body, Json.Options));

    public ReadOnlyMemory<byte> Of(int element)
    {
        var root = _document.Value.RootElement;
        var key = root.Get("apikey"u8) is { ValueKind: JsonValueKind.String } given
            && JsonMarshal.GetRawUtf8Value(given)[1..^1] is { Length: >= ShortestKey } known
            ? known
            : default;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            Copy(writer, root, "event");
            Copy(writer, root, "instance");
            Copy(writer, root, "date_time");
            Copy(writer, root, "sender");
            if (root.Get("data"u8) is { ValueKind: not JsonValueKind.Undefined } data)
            {
                writer.WritePropertyName("data");
                Write(writer, ElementOf(data, element), key);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static JsonElement ElementOf(JsonElement data, int element) =>
        data.IsArray() && element >= 0 && element < data.GetArrayLength() && data[element] is var one && !one.IsArray() ? one : data;

    private static void Copy(Utf8JsonWriter writer, JsonElement root, string name)
    {
        // What is longer says nothing that is read, and would be kept once more with each element.
        if (root.TryGetProperty(name, out var value) && JsonMarshal.GetRawUtf8Value(value).Length <= LongestOfEnvelope)
        {
            writer.WritePropertyName(name);
            Write(writer, value, key: default);
        }
    }

    /// <param name="writer">Where to.</param>
    /// <param name="value">What.</param>
    /// <param name="key">The gateway's key as it is written in the body; empty = none.</param>
    private static void Write(Utf8JsonWriter writer, JsonElement value, ReadOnlySpan<byte> key)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    if (!Names.Contains(member.Name) && !Holds(JsonMarshal.GetRawUtf8PropertyName(member), key))
                    {
                        writer.WritePropertyName(member.Name);
                        Write(writer, member.Value, key);
                    }
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item, key);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String when Holds(JsonMarshal.GetRawUtf8Value(value), key):
                writer.WriteStringValue(Removed);
                break;
            case JsonValueKind.String when MediaMark.IsIn(JsonMarshal.GetRawUtf8Value(value)):
                writer.WriteStringValue(RemovedMedia);
                break;
            case JsonValueKind.String:
                // As it came: written anew it could be too long for the writer.
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static bool Holds(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) => !key.IsEmpty && text.IndexOf(key) >= 0;
}
