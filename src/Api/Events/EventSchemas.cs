using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Parley.Api.Http;
using Parley.Api.Resources;

namespace Parley.Api.Events;

/// <summary>JSON schemas (2020-12) of events, made from the records that are written.</summary>
internal static class EventSchemas
{
    public const string Message = "Message";
    public const string GoneMessage = "GoneMessage";
    public const string UnreadableMessage = "UnreadableMessage";

    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";
    private const string Definitions = "#/$defs/";

    private static readonly JsonSchemaExporterOptions Exported = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Complete };

    /// <summary>What events share, by name.</summary>
    public static IReadOnlyDictionary<string, Type> Shared { get; } = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        [Message] = typeof(MessageResource),
        [GoneMessage] = typeof(GoneMessageResource),
        [UnreadableMessage] = typeof(UnreadableMessageResource),
    };

    public static string PathOf(EventKind kind) => $"/schemas/events/{kind.Type}";

    /// <summary>The schema of the whole event, as a stream and the list give it.</summary>
    public static JsonObject Of(EventKind kind)
    {
        var schema = Export(typeof(CloudEventResource)).AsObject();
        var properties = schema["properties"]!.AsObject();
        properties["specversion"] = new JsonObject { ["const"] = "1.0" };
        properties["type"] = new JsonObject { ["const"] = kind.Type };
        properties["sequence"] = new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]{20}$" };
        properties["datacontenttype"] = new JsonObject { ["const"] = "application/json" };
        properties["data"] = Data(kind, Definitions);
        schema.Insert(0, "$schema", Dialect);
        schema.Insert(1, "$id", PathOf(kind));
        schema.Insert(2, "title", kind.Type);
        schema.Insert(3, "description", kind.Description);
        if (kind.HasMessage)
        {
            schema["$defs"] = new JsonObject(Shared.Select(static s => KeyValuePair.Create(s.Key, (JsonNode?)Export(s.Value))));
        }

        return schema;
    }

    /// <summary>The schema of the data alone.</summary>
    /// <param name="shared">Where it finds what events share.</param>
    public static JsonNode Data(EventKind kind, string shared)
    {
        var schema = Export(kind.Data);
        if (kind.HasMessage)
        {
            schema["properties"]!["message"] = new JsonObject
            {
                ["anyOf"] = new JsonArray([.. Shared.Keys.Select(name => new JsonObject { ["$ref"] = shared + name })]),
            };
        }

        return schema;
    }

    private static JsonNode Export(Type type) => Json.Options.GetJsonSchemaAsNode(type, Exported);

    /// <summary>What converters of our own write, the exporter cannot know.</summary>
    private static JsonNode Complete(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = context.TypeInfo.Type;
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return inner == typeof(DateTimeOffset) ? Time("string", "null") : schema;
        }

        return type == typeof(DateTimeOffset) ? Time("string") : schema;
    }

    private static JsonObject Time(params ReadOnlySpan<string> types) => new()
    {
        ["type"] = types.Length == 1 ? types[0] : new JsonArray([.. types]),
        ["format"] = "date-time",
    };
}
