using System.Text.Json;
using Parley.Api.Http;
using Parley.Api.Paging;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Api.Problems;

/// <summary>Makes a problem of every error: of exceptions, and of bare statuses that the framework answers with.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>What is true of the answer whatever becomes of it.</summary>
    private static readonly string[] Kept = ["Allow", TenantQuota.Header, TenantQuota.PolicyHeader];

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
            {
                // Nobody waits for an answer any more.
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return;
            }

            var problem = Of(e);
            if (problem.Code == ProblemCode.InternalError)
            {
                Failed(e);
            }
            else if (problem.Code == ProblemCode.StoreUnavailable)
            {
                StoreFailed(e.GetType().Name);
            }

            await Answer(context, problem);
            return;
        }

        var response = context.Response;
        if (response is { HasStarted: false, StatusCode: >= 400 } && response.ContentLength is null or 0 && (response.ContentType is null || IsOfFile(response)))
        {
            await Answer(context, Problem.Of(ProblemCode.OfStatus(response.StatusCode)));
        }
    }

    /// <summary>Whether a file was to be answered and its part is not there, or not wanted as it is: then its headers are there already.</summary>
    private static bool IsOfFile(HttpResponse response) =>
        response.StatusCode is StatusCodes.Status412PreconditionFailed or StatusCodes.Status416RangeNotSatisfiable;

    private static async Task Answer(HttpContext context, Problem problem)
    {
        var headers = context.Response.Headers;
        var kept = Kept.Select(name => KeyValuePair.Create(name, headers[name])).ToList();
        var range = headers.ContentRange;
        context.Response.Clear();
        foreach (var (name, values) in kept)
        {
            headers[name] = values;
        }

        if (problem.Code == ProblemCode.RangeNotSatisfiable)
        {
            headers.ContentRange = range;
        }

        CommonHeaders.Set(context);
        await problem.ExecuteAsync(context);
    }

    private static Problem Of(Exception exception) => exception switch
    {
        ProblemException e => e.Problem,
        CursorElsewhereException => PageCall.BadCursor().Problem,
        BadHttpRequestException { InnerException: JsonException json } => OfJson(json),
        BadHttpRequestException { StatusCode: 400 } => Problem.Of(ProblemCode.MalformedJson, "The body could not be read."),
        BadHttpRequestException e => Problem.Of(ProblemCode.OfStatus(e.StatusCode)),
        BodyTooLargeException => Problem.Of(ProblemCode.BodyTooLarge),
        WebhookFormatException e => Problem.Of(ProblemCode.InvalidWebhook, e.Message),
        IntakeUnavailableException e => Problem.Later(ProblemCode.StoreUnavailable, e.RetryAfter),
        GatewayException e => GatewayProblems.Of(e),
        StoreException or RetryableException or TimeoutException or OrleansException =>
            Problem.Later(ProblemCode.StoreUnavailable, RetryAfter),
        _ => Problem.Of(ProblemCode.InternalError),
    };

    private static Problem OfJson(JsonException json) =>
        json.Path is { Length: > 1 } path
            ? Problem.OfBody(ProblemCode.MalformedJson, JsonPointer.Of(path), "The value has the wrong form.")
            : Problem.Of(ProblemCode.MalformedJson, "The body is not valid JSON, or no object of the expected form.");

    [LoggerMessage(2001, LogLevel.Error, "A request failed.")]
    private partial void Failed(Exception exception);

    [LoggerMessage(2002, LogLevel.Warning, "A request was answered with 503: {Kind}.")]
    private partial void StoreFailed(string kind);
}
