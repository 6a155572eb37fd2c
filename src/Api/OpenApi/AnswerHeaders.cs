using System.Globalization;
using Microsoft.OpenApi;
using Parley.Api.Http;

namespace Parley.Api.OpenApi;

/// <summary>Describes the headers of answers: those of all, those that come with a kind of problem, and those that an endpoint names itself.</summary>
internal static class AnswerHeaders
{
    /// <summary>The server itself answers so, before anything of Parley sees the request.</summary>
    private const string TooLong = "414";
    private const string Unauthorized = "401";

    /// <summary>Those of many answers, which are described once.</summary>
    public static Dictionary<string, IOpenApiHeader> Shared => new(StringComparer.Ordinal)
    {
        [TenantQuota.PolicyHeader] = Header("The tenant's quota: q requests in w seconds. Absent where there is none, for the administrator, and where a node refuses a request before it counts it."),
        [TenantQuota.Header] = Header("What is left of the tenant's quota: r requests, and more of them within t seconds."),
    };

    public static void Describe(OpenApiOperation operation, IList<object> metadata, bool asksForCredential, OpenApiDocument? document)
    {
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status == TooLong || response is not OpenApiResponse open)
            {
                continue;
            }

            open.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
            open.Headers[RequestIds.Header] = Header("The id of the request, as the logs carry it.");
            if (status != Unauthorized && metadata.OfType<QuotaMetadata>().Any())
            {
                open.Headers[TenantQuota.PolicyHeader] = new OpenApiHeaderReference(TenantQuota.PolicyHeader, document);
                open.Headers[TenantQuota.Header] = new OpenApiHeaderReference(TenantQuota.Header, document);
            }

            if (Later(metadata, status) is { } later)
            {
                open.Headers["Retry-After"] = Header(later);
            }

            if (status == Unauthorized && asksForCredential)
            {
                open.Headers["WWW-Authenticate"] = Header("What is needed.");
            }

            if (status is "200" && operation.Parameters?.Any(parameter => parameter.Name == "cursor") == true)
            {
                open.Headers["Link"] = Header("The pages after and before this one (rel next and prev).");
            }

            foreach (var header in metadata.OfType<HeaderMetadata>().Where(header => header.Statuses.Any(carried => Text(carried) == status)))
            {
                open.Headers[header.Name] = Header(header.Description);
            }
        }
    }

    /// <returns>What Retry-After says with the problems of a status; null = none of them tells it.</returns>
    private static string? Later(IList<object> metadata, string status)
    {
        var codes = metadata.OfType<ProblemMetadata>().SelectMany(static problems => problems.Codes).Distinct()
            .Where(code => Text(code.Status) == status).ToList();
        var later = codes.Where(static code => code.IsForLater).ToList();
        return later.Count == 0 ? null
            : later.Count == codes.Count ? EndpointDocs.RetryAfter
            : $"With {string.Join(", ", later.Select(static code => $"`{code.Code}`"))}. {EndpointDocs.RetryAfter}";
    }

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static OpenApiHeader Header(string description) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
}
