using Parley.Api.Http;
using Parley.Api.Problems;

namespace Parley.Api.OpenApi;

/// <summary>How endpoints tell what they take and answer.</summary>
internal static class EndpointDocs
{
    public const string RetryAfter = "Seconds after which to try again.";

    public static RouteHandlerBuilder Operation(this RouteHandlerBuilder builder, string id, string summary, string? description = null)
    {
        builder.WithName(id).WithSummary(summary);
        return description is null ? builder : builder.WithDescription(description);
    }

    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder builder, params IEnumerable<IQueryParameter> parameters) =>
        builder.WithMetadata(new QueryMetadata([.. parameters]));

    /// <summary>An answer in JSON, by an example of it.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder builder, int status, string description, T example)
        where T : notnull =>
        builder.WithMetadata(
            new ProducesResponseTypeMetadata(status, typeof(T), ["application/json"]),
            new AnswerMetadata(status, description, "application/json", example));

    /// <summary>An answer without a body.</summary>
    public static RouteHandlerBuilder AnswersEmpty(this RouteHandlerBuilder builder, int status, string description) =>
        builder.WithMetadata(
            new ProducesResponseTypeMetadata(status, typeof(void)),
            new AnswerMetadata(status, description, null, null));

    /// <summary>An answer in another form than JSON.</summary>
    /// <param name="example">Made when the document is.</param>
    public static RouteHandlerBuilder AnswersAs(
        this RouteHandlerBuilder builder, int status, string description, string contentType, Func<string>? example = null) =>
        builder.WithMetadata(
            new ProducesResponseTypeMetadata(status, typeof(Stream), ["application/octet-stream"]),
            new AnswerMetadata(status, description, contentType, example));

    /// <summary>A header of the answers with one of these statuses.</summary>
    public static RouteHandlerBuilder Carries(this RouteHandlerBuilder builder, string header, string description, params IEnumerable<int> statuses) =>
        builder.WithMetadata(new HeaderMetadata(header, description, [.. statuses]));

    /// <summary>Answers with this status tell where to read what came of the request.</summary>
    public static RouteHandlerBuilder CarriesLocation(this RouteHandlerBuilder builder, int status) =>
        builder.Carries("Location", "Where it can be read.", status);

    /// <summary>Answers with this status tell when to ask again.</summary>
    public static RouteHandlerBuilder CarriesRetryAfter(this RouteHandlerBuilder builder, int status) =>
        builder.Carries("Retry-After", RetryAfter, status);

    /// <summary>The other form of an answer that is JSON or this, by what is accepted.</summary>
    public static RouteHandlerBuilder Also(this RouteHandlerBuilder builder, string contentType, string example) =>
        builder.WithMetadata(new OtherFormMetadata(contentType, example));

    public static TBuilder Fails<TBuilder>(this TBuilder builder, params IEnumerable<ProblemCode> codes)
        where TBuilder : IEndpointConventionBuilder
    {
        var all = codes.ToList();
        builder.WithMetadata([
            new ProblemMetadata(all),
            .. all.Select(code => code.Status).Distinct().Select(status =>
                new ProducesResponseTypeMetadata(status, typeof(ProblemBody), ["application/problem+json"])),
        ]);
        return builder;
    }

    /// <summary>An example of the request's body.</summary>
    public static RouteHandlerBuilder Example(this RouteHandlerBuilder builder, object body) => builder.WithMetadata(new RequestExample(body));
}

/// <param name="ContentType">Null when there is no body.</param>
internal sealed record AnswerMetadata(int Status, string Description, string? ContentType, object? Example);

/// <summary>A header that an endpoint sets itself.</summary>
internal sealed record HeaderMetadata(string Name, string Description, IReadOnlyList<int> Statuses);

/// <summary>A second form of what is answered with 200.</summary>
internal sealed record OtherFormMetadata(string ContentType, string Example);

internal sealed record ProblemMetadata(IReadOnlyList<ProblemCode> Codes);

internal sealed record RequestExample(object Body);
