using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Parley.Api.Endpoints;
using Parley.Api.Events;
using Parley.Api.Http;

namespace Parley.Api.OpenApi;

/// <summary>Describes what is posted to webhook endpoints: the section <c>webhooks</c>, one entry for each type of event.</summary>
internal sealed class WebhookTransformer : IOpenApiDocumentTransformer
{
    private const string Components = "#/components/schemas/";

    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (name, type) in EventSchemas.Shared)
        {
            if (document.Components?.Schemas?.ContainsKey(name) != true)
            {
                document.AddComponent(name, await context.GetOrCreateSchemaAsync(type, null, cancellationToken));
            }
        }

        document.Webhooks = EventCatalogue.All.ToDictionary(
            static kind => kind.Type, kind => (IOpenApiPathItem)Describe(kind, document), StringComparer.Ordinal);
    }

    private static OpenApiPathItem Describe(EventKind kind, OpenApiDocument document) => new()
    {
        Operations = new Dictionary<HttpMethod, OpenApiOperation>
        {
            [HttpMethod.Post] = new()
            {
                OperationId = "on" + string.Concat(kind.Type.Split('.', '_').Select(static word => char.ToUpperInvariant(word[0]) + word[1..])),
                Summary = kind.Description,
                Tags = new HashSet<OpenApiTagReference> { new("Events", document) },
                Parameters =
                [
                    Header("webhook-id", "The event's id: the same at every attempt and replay."),
                    Header("webhook-timestamp", "Of the attempt, seconds since 1970."),
                    Header("webhook-signature", "By Standard Webhooks: v1, and the HMAC-SHA256 of id.timestamp.body in base64; several with spaces between them."),
                ],
                RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                    {
                        ["application/json"] = new() { Schema = Body(kind, document), Example = Example(kind) },
                    },
                },
                Responses = new OpenApiResponses { ["2XX"] = new OpenApiResponse { Description = "It was taken." } },
            },
        },
    };

    private static OpenApiSchema Body(EventKind kind, OpenApiDocument document)
    {
        var data = EventSchemas.Data(kind, Components).ToJsonString(Json.Options);
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string>(StringComparer.Ordinal) { "type", "timestamp", "data" },
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["type"] = new OpenApiSchema { Const = kind.Type },
                ["timestamp"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "When it happened." },
                ["data"] = OpenApiModelFactory.Parse<OpenApiSchema>(data, OpenApiSpecVersion.OpenApi3_1, document, out _, "json")
                    ?? throw new InvalidOperationException($"The schema of {kind.Type} cannot be read."),
            },
        };
    }

    private static JsonObject Example(EventKind kind)
    {
        var e = Examples.Event(kind);
        return new JsonObject
        {
            ["type"] = e.Type,
            ["timestamp"] = UtcTimeConverter.Write(e.Time),
            ["data"] = JsonSerializer.SerializeToNode(e.Data, Json.Options),
        };
    }

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Required = true,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
