using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Domain.Tests.Messages;

/// <summary>Records as text: their own equality takes arrays for equal only when they are the same object.</summary>
internal static class Rendering
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = false,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(), new AddressConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    public static string Json(object? value) => JsonSerializer.Serialize(value, value?.GetType() ?? typeof(object), Options);

    /// <summary>A message without what may differ between orders: when and where it was kept, and by which session first.</summary>
    public static string Of(Message message)
    {
        var node = JsonSerializer.SerializeToNode(message, Options)!.AsObject();
        foreach (var name in (string[])["Id", "Sequence", "CreatedAt", "UpdatedAt", "SessionId", "MergedFrom"])
        {
            node.Remove(name);
        }

        node["Reactions"] = Sorted(node["Reactions"]!.AsArray());
        node["Votes"] = Sorted(node["Votes"]!.AsArray());
        node["View"] = new JsonObject
        {
            ["Text"] = MessageView.Text(message),
            ["EditedAt"] = MessageView.EditedAt(message)?.ToString("O"),
            ["Reactions"] = Json(MessageView.Reactions(message, Sample.Resolve)),
            ["Votes"] = Json(MessageView.Votes(message, Sample.Resolve)),
        };
        return node.ToJsonString(Options);
    }

    private static JsonArray Sorted(JsonArray array) =>
        [.. array.Select(static n => n!.DeepClone()).OrderBy(static n => n.ToJsonString(), StringComparer.Ordinal)];

    private sealed class AddressConverter : JsonConverter<Address>
    {
        public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Address.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
