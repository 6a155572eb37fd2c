using System.Globalization;
using Parley.Api.Http;

namespace Parley.Api.Problems;

/// <summary>An answer that tells an error.</summary>
internal sealed class Problem : IResult, IStatusCodeHttpResult
{
    private Problem(ProblemCode code, string? detail) => (Code, Detail) = (code, detail);

    public ProblemCode Code { get; }

    public string? Detail { get; }

    public IReadOnlyList<ProblemPlace>? Errors { get; private init; }

    public string? ConversationId { get; private init; }

    public IReadOnlyDictionary<string, bool>? Checks { get; private init; }

    public TimeSpan? RetryAfter { get; private init; }

    public int? StatusCode => Code.Status;

    public static Problem Of(ProblemCode code, string? detail = null) => new(code, detail);

    /// <param name="parameter">The parameter of the query, the header or the part of the path that is wrong.</param>
    public static Problem OfParameter(ProblemCode code, string parameter, string detail) =>
        new(code, detail) { Errors = [new ProblemPlace(detail, Parameter: parameter)] };

    /// <param name="pointer">The place in the body.</param>
    public static Problem OfBody(ProblemCode code, string pointer, string detail) =>
        new(code, detail) { Errors = [new ProblemPlace(detail, Pointer: pointer)] };

    public static Problem Merged(string into) =>
        new(ProblemCode.ConversationMerged, "Start again in the conversation that stays.") { ConversationId = into };

    public static Problem NotReady(IReadOnlyDictionary<string, bool> checks) => new(ProblemCode.NotReady, null) { Checks = checks };

    public static Problem Later(ProblemCode code, TimeSpan retryAfter, string? detail = null) => new(code, detail) { RetryAfter = retryAfter };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var requestId = RequestIds.Of(httpContext);
        var response = httpContext.Response;
        response.StatusCode = Code.Status;
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (Code.Status == StatusCodes.Status401Unauthorized && Code != ProblemCode.UnknownToken)
        {
            response.Headers.WWWAuthenticate = "Bearer realm=\"parley\"";
        }

        var body = new ProblemBody(
            Code.Type, Code.Title, Code.Status, Detail, $"urn:parley:request:{requestId}", Code.Code, requestId, Errors, ConversationId, Checks);
        return response.WriteAsJsonAsync(body, Json.Options, "application/problem+json", httpContext.RequestAborted);
    }
}
