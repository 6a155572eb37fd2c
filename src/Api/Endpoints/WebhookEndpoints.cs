using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Where gateways post.</summary>
/// <remarks>The token in the path is the credential. Whatever a gateway appends to the address (the event's name, a query) is not
/// looked at: the body says it too.</remarks>
internal static class WebhookEndpoints
{
    /// <summary>Room above the limit, so that it is the intake that says what is too large.</summary>
    private const long Slack = 64 * 1024;

    /// <summary>What is left of the two seconds of an edit for finding its token.</summary>
    private static readonly TimeSpan EditedTokenPatience = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a token that this node has never seen is looked up in any place; a store that answers, however slowly, needs less.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public static void MapWebhooks(this IEndpointRouteBuilder routes, IntakeOptions options)
    {
        var group = routes.MapGroup("/webhooks/evolution").WithTags("Webhooks").AllowAnonymous();
        Describe(
            group.MapPost("/{token}", Take), "postWebhook", "Take a webhook of Evolution API", options);
        Describe(
            group.MapPost("/{token}/{**event}", Take), "postWebhookByEvent", "Take a webhook of Evolution API, by event", options);
    }

    private static void Describe(RouteHandlerBuilder builder, string id, string summary, IntakeOptions options) =>
        builder.Operation(id, summary, "Success means that it is kept durably. What is not understood is kept aside (quarantine).")
            .WithMetadata(new RequestSizeLimitAttribute(options.MostBodyBytes + Slack))
            .WithMetadata(new WebhookBodyMetadata())
            .Example(Examples.Webhook)
            .Answers(200, "It is kept; what became of its parts.", new IntakeResource(1, 0, 0, 0))
            .AnswersEmpty(202, "It is kept in the buffer and will be taken in (where ingest is buffered).")
            .Fails(
                ProblemCode.InvalidRequest,
                ProblemCode.InvalidWebhook,
                ProblemCode.UnknownToken,
                ProblemCode.RequestTimeout,
                ProblemCode.BodyTooLarge,
                ProblemCode.InternalError,
                ProblemCode.StoreUnavailable,
                ProblemCode.Overloaded);

    private static async Task<Results<Ok<IntakeResource>, Accepted, Problem>> Take(
        string token,
        HttpContext context,
        [FromServices] Credentials credentials,
        [FromServices] Strangers strangers,
        [FromServices] WebhookIntake intake,
        [FromServices] BufferedIntake? buffered,
        [FromServices] IntakeOptions options,
        [FromServices] TimeProvider time,
        CancellationToken cancellationToken)
    {
        var start = context.Features.GetRequiredFeature<WebhookStart>();
        var patience = start.IsEdit ? EditedTokenPatience : options.Patience;
        if (await FindToken(token, credentials, strangers, patience, time, cancellationToken) is not { } found)
        {
            return Problem.Of(ProblemCode.UnknownToken);
        }

        if (!found.Takes(context.Request.Headers[SessionSecrets.SecretHeader]))
        {
            return Problem.Of(ProblemCode.UnknownToken, $"The header {SessionSecrets.SecretHeader} is missing or wrong.");
        }

        if (buffered is not null)
        {
            await buffered.Put(found.Owner, context.Request.Body, cancellationToken);
            return TypedResults.Accepted((string?)null);
        }

        var counts = await intake.Take(found.Owner, start.Instance, context.Request.Body, cancellationToken);
        return TypedResults.Ok(new IntakeResource(counts.Accepted, counts.Duplicates, counts.Ignored, counts.Quarantined));
    }

    /// <summary>Older gateways ask once only: while the store is away, the request waits. A token that may be nobody's waits in one of few places.</summary>
    /// <exception cref="ProblemException">This node has never seen it, and as many of those wait as may.</exception>
    private static async Task<WebhookKey?> FindToken(
        string token, Credentials credentials, Strangers strangers, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        if (patience <= FirstLook)
        {
            return await AwaitToken(token, credentials, start, patience, time, cancellationToken);
        }

        try
        {
            return await credentials.FindToken(token, FirstLook, cancellationToken);
        }
        catch (StoreException)
        {
            using var place = credentials.HasSeen(token) ? null : strangers.Take();
            return await AwaitToken(token, credentials, start, patience, time, cancellationToken);
        }
    }

    private static async Task<WebhookKey?> AwaitToken(
        string token, Credentials credentials, long start, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                var left = patience - time.GetElapsedTime(start);
                return await credentials.FindToken(token, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
            }
            catch (StoreException) when (time.GetElapsedTime(start) + pause < patience)
            {
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}
