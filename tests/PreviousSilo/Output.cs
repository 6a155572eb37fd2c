using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;

namespace Parley.PreviousSilo;

/// <summary>Tells the test, a line of JSON for each thing that happens.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(), new AddressConverter(), new ItemConverter() },
    };

    public static void Write(object line)
    {
        var text = JsonSerializer.Serialize(line, Options);
        lock (Options)
        {
            Console.Out.WriteLine(text);
            Console.Out.Flush();
        }
    }

    private sealed class AddressConverter : JsonConverter<Address>
    {
        public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }

    /// <summary>As what it is, not as the base that the contract names.</summary>
    private sealed class ItemConverter : JsonConverter<ConversationItem>
    {
        public override ConversationItem Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, ConversationItem value, JsonSerializerOptions options) => JsonSerializer.Serialize<object>(
            writer,
            value switch
            {
                KeepItem keep => new { keep.Message },
                ChangeItem item => new
                {
                    Kind = item.Change.GetType().Name,
                    Change = (object)item.Change,
                    item.Session,
                    item.Direction,
                    item.ParkedId,
                },
                _ => throw new NotSupportedException(value.GetType().Name),
            },
            options);
    }
}
