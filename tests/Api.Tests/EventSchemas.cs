using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Parley.Api.Tests;

/// <summary>Holds events against the schemas that are served, with an implementation of its own.</summary>
internal static class EventSchemas
{
    private static readonly ConcurrentDictionary<string, JsonSchema> Known = new(StringComparer.Ordinal);
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    /// <summary>Reads the schemas of a process: they are those of the program, so once is enough.</summary>
    public static async Task<IReadOnlyList<string>> Load(ParleyProcess parley)
    {
        using var nobody = parley.With(null);
        var types = (await nobody.Get("/schemas/events")).Expect(200).Data;
        foreach (var type in types)
        {
            var schema = (await nobody.Get(type!["schema"]!.GetValue<string>())).Expect(200);
            Assert.Equal("application/schema+json", schema.ContentHeaders.ContentType?.MediaType);
            var name = type["type"]!.GetValue<string>();
            Known.TryAdd(name, Read(schema.Body));
        }

        return [.. types.Select(static type => type!["type"]!.GetValue<string>())];
    }

    public static void Check(JsonNode e)
    {
        var type = e["type"]!.GetValue<string>();
        Assert.True(Known.TryGetValue(type, out var schema), $"There is no schema of {type}.");
        var result = schema.Evaluate(JsonSerializer.SerializeToElement(e), Options);
        Assert.True(
            result.IsValid,
            $"{e.ToJsonString()}\n{string.Join('\n', result.Details?.Where(static d => d.Errors is not null).Select(static d => $"{d.InstanceLocation}: {string.Join(", ", d.Errors!.Values)}") ?? [])}");
    }

    /// <summary>An address of its own for each reading, since schemas are known by theirs in the whole process.</summary>
    private static JsonSchema Read(string text)
    {
        var schema = JsonNode.Parse(text)!.AsObject();
        schema["$id"] = $"https://parley.example{schema["$id"]!.GetValue<string>()}/{Guid.NewGuid():N}";
        return JsonSchema.FromText(schema.ToJsonString());
    }
}
