using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Parley.Api.Auth;

namespace Parley.Api.OpenApi;

/// <summary>What the document says of the API as a whole.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    public const string Bearer = "bearer";
    public const string KeyHeader = "apiKey";

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Tenants", "Tenants, their API keys and webhook tokens. For the administrator."),
        ("Webhooks", "Where Evolution API posts."),
        ("Quarantine", "Payloads that were not understood: kept whole, shown, replayable."),
        ("Gateways", "The gateways of the installation and the instances that they have. For the administrator."),
        ("Sessions", "WhatsApp lines and their states."),
        ("Conversations", "Conversations, by their id or by their two parties."),
        ("Messages", "Messages and their media."),
        ("Events", "What happens, as it happens and for seven days after: a stream, a list, and the schemas of what is told."),
        ("Webhook endpoints", "Where Parley posts events, signed by the Standard Webhooks scheme."),
        ("Health", "Probes and metrics."),
    ];

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Parley",
            Version = "1",
            Description = "WhatsApp conversations of many tenants. Lists are read by cursors; times are RFC 3339 in UTC; errors are "
                + "RFC 9457 problems with a stable `code`; a field without a value is null. Changes are additive: ignore what you do not know.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
        document.Components ??= new OpenApiComponents();
        document.Components.Headers = AnswerHeaders.Shared;
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A tenant's API key, a JSON Web Token with the tenant's claim, or the admin key.",
            },
            [KeyHeader] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ParleyAuthentication.KeyHeader,
                Description = "A tenant's API key or the admin key.",
            },
        };
        Words(document);
        return Task.CompletedTask;
    }

    /// <summary>A property that may be null says so by itself. Where it is met first, the framework gives the schema that all share a null, too, and
    /// then null would be both of the two that oneOf allows.</summary>
    private static void Words(OpenApiDocument document)
    {
        foreach (var schema in (document.Components?.Schemas?.Values ?? []).OfType<OpenApiSchema>())
        {
            schema.Enum = schema.Enum?.Where(static word => word?.GetValueKind() == JsonValueKind.String && !word.IsJsonNullSentinel()).ToList();
        }
    }
}
