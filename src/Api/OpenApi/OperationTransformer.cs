using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.Problems;

namespace Parley.Api.OpenApi;

/// <summary>Completes the description of an operation from what its endpoint tells: parameters, answers, examples, security.</summary>
internal sealed class OperationTransformer : IOpenApiOperationTransformer
{
    private const string JsonType = "application/json";
    private const string ProblemType = "application/problem+json";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var policies = metadata.OfType<IAuthorizeData>().Select(data => data.Policy).ToList();
        Parameters(operation, metadata, policies);
        RestOfPath(operation, context.Description.RelativePath);
        Body(operation, metadata);
        Answers(operation, metadata);
        OtherForms(operation, metadata);
        Problems(operation, metadata);
        AnswerHeaders.Describe(operation, metadata, policies.Count > 0, context.Document);
        Security(operation, policies, context.Document);
        return Task.CompletedTask;
    }

    private static void Parameters(OpenApiOperation operation, IList<object> metadata, List<string?> policies)
    {
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            PathParameters.Describe(parameter);
        }

        foreach (var parameter in metadata.OfType<QueryMetadata>().SelectMany(query => query.Parameters))
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Description,
                Schema = parameter.Schema,
            });
        }

        if (policies.Contains(ParleyAuthentication.TenantPolicy))
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = ParleyAuthentication.TenantHeader,
                In = ParameterLocation.Header,
                Description = "With the admin key: the tenant in whose name the request runs.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = TenantId.Pattern },
            });
        }
    }

    /// <summary>What a gateway appends is part of the path and read by nobody, so the framework does not see it.</summary>
    private static void RestOfPath(OpenApiOperation operation, string? path)
    {
        if (path?.EndsWith("event}", StringComparison.Ordinal) == true)
        {
            var rest = new OpenApiParameter { Name = "event", In = ParameterLocation.Path, Required = true };
            PathParameters.Describe(rest);
            operation.Parameters!.Add(rest);
        }
    }

    private static void Body(OpenApiOperation operation, IList<object> metadata)
    {
        var example = metadata.OfType<RequestExample>().FirstOrDefault();
        if (metadata.OfType<WebhookBodyMetadata>().Any())
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "What the gateway posts, up to 256 MB.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [JsonType] = new() { Schema = WebhookSchema() },
                },
            };
        }

        if (example is not null && operation.RequestBody?.Content?.TryGetValue(JsonType, out var content) == true)
        {
            content.Example = Node(example.Body);
        }
    }

    private static OpenApiSchema WebhookSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string>(StringComparer.Ordinal) { "event", "instance" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["event"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, Description = "The kind of event." },
            ["instance"] = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, Description = "The gateway's name of the instance." },
            ["data"] = new OpenApiSchema { Description = "What the event tells: an object, an array or null." },
        },
    };

    private static void Answers(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var answer in metadata.OfType<AnswerMetadata>())
        {
            if (!TryFind(operation, answer.Status, out var response))
            {
                continue;
            }

            response.Description = answer.Description;
            if (answer.ContentType is null)
            {
                response.Content = null;
            }
            else if (answer.ContentType != JsonType)
            {
                // The framework has no words for a type with a wildcard, which media have.
                var isJson = answer.ContentType.EndsWith("+json", StringComparison.Ordinal);
                var example = answer.Example is Func<string> text ? text() : null;
                response.Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [answer.ContentType] = new()
                    {
                        Schema = new OpenApiSchema { Type = isJson ? JsonSchemaType.Object : JsonSchemaType.String },
                        Example = isJson && example is not null ? JsonNode.Parse(example) : JsonValue.Create(example),
                    },
                };
            }
            else if (answer.Example is not null && response.Content?.TryGetValue(answer.ContentType, out var content) == true)
            {
                content.Example = Node(answer.Example);
            }
        }
    }

    private static void OtherForms(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var form in metadata.OfType<OtherFormMetadata>())
        {
            if (TryFind(operation, StatusCodes.Status200OK, out var response))
            {
                response.Content ??= new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal);
                response.Content[form.ContentType] = new OpenApiMediaType
                {
                    // OpenAPI 3.1 has no words for a stream: readers of the document take a schema for that of one event, or of the whole.
                    Schema = new OpenApiSchema { Description = "Server-sent events; the data of one with a name is an event." },
                    Example = JsonValue.Create(form.Example),
                };
            }
        }
    }

    private static void Problems(OpenApiOperation operation, IList<object> metadata)
    {
        var codes = metadata.OfType<ProblemMetadata>().SelectMany(problems => problems.Codes).Distinct();
        foreach (var kind in codes.GroupBy(code => code.Status))
        {
            if (!TryFind(operation, kind.Key, out var response))
            {
                continue;
            }

            response.Description = string.Join(" ", kind.Select(code => $"`{code.Code}`: {code.Title}"));
            if (response.Content?.TryGetValue(ProblemType, out var content) == true)
            {
                content.Example = Node(Example(kind.First()));
            }
        }
    }

    private static ProblemBody Example(ProblemCode code)
    {
        const string requestId = "019cae2f5c0070008000000000000004";
        return new ProblemBody(code.Type, code.Title, code.Status, null, $"urn:parley:request:{requestId}", code.Code, requestId);
    }

    private static void Security(OpenApiOperation operation, List<string?> policies, OpenApiDocument? document)
    {
        operation.Security = policies.Count == 0
            ? []
            : [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentTransformer.Bearer, document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentTransformer.KeyHeader, document)] = [] },
            ];
    }

    private static bool TryFind(OpenApiOperation operation, int status, out OpenApiResponse response)
    {
        response = null!;
        if (operation.Responses?.TryGetValue(status.ToString(CultureInfo.InvariantCulture), out var found) == true
            && found is OpenApiResponse open)
        {
            response = open;
            return true;
        }

        return false;
    }

    private static JsonNode? Node(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), Json.Options);
}
