using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Resources;

namespace Parley.Api.OpenApi;

/// <summary>Tells what types alone do not say.</summary>
internal sealed class SchemaTransformer : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (context.JsonPropertyInfo is null && type == typeof(ProblemBody))
        {
            Property(schema, "code", code => code.Enum = [.. ProblemCode.All.Select(known => (JsonNode)known.Code)]);
            Property(schema, "type", uri => uri.Format = "uri");
            Property(schema, "instance", uri => uri.Format = "uri");
        }
        else if (context.JsonPropertyInfo is null && type == typeof(MarkReadRequest))
        {
            Property(schema, "sequence", sequence => sequence.Minimum = "0");
        }

        return Task.CompletedTask;
    }

    private static void Property(OpenApiSchema schema, string name, Action<OpenApiSchema> change)
    {
        if (schema.Properties?.TryGetValue(name, out var found) == true && found is OpenApiSchema property)
        {
            change(property);
        }
    }
}
