using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Parley.Api.OpenApi;

/// <summary>The OpenAPI document and the pages that show it.</summary>
internal static class OpenApiSetup
{
    private const string Document = "v1";
    private const string ListPrefix = "ListAnswerOf";

    public static void AddDocument(this IServiceCollection services) => services.AddOpenApi(Document, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.CreateSchemaReferenceId = NameOf;
        options.AddDocumentTransformer<DocumentTransformer>();
        options.AddDocumentTransformer<WebhookTransformer>();
        options.AddOperationTransformer<OperationTransformer>();
        options.AddSchemaTransformer<SchemaTransformer>();
    });

    public static void MapDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").ExcludeFromDescription();

        // Everything comes from this process: the pages work on machines without the internet and tell nobody about them.
        routes.MapScalarApiReference("/docs", options => options
            .WithTitle("Parley")
            .WithOpenApiRoutePattern("/openapi/{documentName}.json")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .HideDeveloperTools()
            .DisableAgent()
            .DisableMcp()).ExcludeFromDescription();
    }

    private static string Short(string name) => name.Replace("Resource", "", StringComparison.Ordinal);

    private static string? NameOf(JsonTypeInfo type) => OpenApiOptions.CreateDefaultSchemaReferenceId(type) switch
    {
        "ProblemBody" => "Problem",
        "ShownStatus" => "MessageStatus",
        { } name when name.StartsWith(ListPrefix, StringComparison.Ordinal) => $"{Short(name[ListPrefix.Length..])}Page",
        { } name => Short(name),
        null => null,
    };
}
