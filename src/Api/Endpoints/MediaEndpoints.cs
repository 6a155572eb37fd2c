using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Parley.Api.Auth;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Rendering;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>The bytes of a message's media.</summary>
internal static class MediaEndpoints
{
    private const string RetrySeconds = "5";

    public static void MapMedia(this RouteGroupBuilder tenant) =>
        tenant.MapGet("/messages/{messageId}/media", Get).WithTags("Messages")
            .Operation("getMessageMedia", "Read the media of a message", "Takes Range and If-None-Match.")
            .AnswersAs(200, "The bytes.", "*/*")
            .AnswersAs(206, "The wanted range of the bytes.", "*/*")
            .Answers(202, "They are not here yet; Retry-After tells when to ask again.", new PendingMediaResource(MediaStatus.Pending))
            .CarriesRetryAfter(202)
            .AnswersEmpty(304, "They are as the client has them.")
            .Carries("ETag", "Names the bytes; for If-None-Match and If-Range.", 200, 206, 304)
            .Carries("Content-Range", "Which of the bytes it is, and how many there are.", 206, 416)
            .Fails(
                ProblemCode.MessageNotFound,
                ProblemCode.NoMedia,
                ProblemCode.MediaTooLarge,
                ProblemCode.MediaGone,
                ProblemCode.PreconditionFailed,
                ProblemCode.RangeNotSatisfiable);

    private static async Task<IResult> Get(
        string messageId,
        HttpContext context,
        [FromServices] IQueries queries,
        [FromServices] IMediaStore store,
        [FromServices] IGrainFactory grains,
        CancellationToken cancellationToken)
    {
        var tenantId = context.Tenant();
        if (!Guid.TryParseExact(messageId, "D", out var id) || await queries.FindMessage(tenantId, id, cancellationToken) is not { } entry)
        {
            return Problem.Of(ProblemCode.MessageNotFound);
        }

        if (entry.Message.DeletedAt is not null)
        {
            return Problem.Of(ProblemCode.MediaGone, "The message is deleted.");
        }

        switch (entry.Message.Content.Media)
        {
            case null:
                return Problem.Of(ProblemCode.NoMedia);
            case { Status: MediaStatus.Pending }:
                await grains.GetGrain<IMediaFetcherGrain>(GrainKey.Of(tenantId, messageId)).Fetch();
                context.Response.Headers.RetryAfter = RetrySeconds;
                return TypedResults.Json(new PendingMediaResource(MediaStatus.Pending), statusCode: StatusCodes.Status202Accepted);
            case { Status: MediaStatus.Expired }:
                return Problem.Of(ProblemCode.MediaGone, "WhatsApp no longer has it.");
            case { Status: MediaStatus.TooLarge }:
                return Problem.Of(ProblemCode.MediaTooLarge);
            case { Sha256: { } sha256 } media when await store.Open(tenantId, sha256, cancellationToken) is { } bytes:
                return Serve(context, media, sha256, bytes);
            default:
                return Problem.Of(ProblemCode.MediaGone);
        }
    }

    private static FileStreamHttpResult Serve(HttpContext context, Media media, string sha256, Stream bytes)
    {
        var (type, inline) = SafeMediaType.Of(media.MimeType);
        var disposition = new ContentDispositionHeaderValue(inline ? "inline" : "attachment");
        if (media.FileName is { Length: > 0 } name)
        {
            disposition.SetHttpFileName(name);
        }

        var headers = context.Response.Headers;
        headers.ContentDisposition = disposition.ToString();
        // It is gone when its message is: who keeps a copy asks each time whether it still counts.
        headers.CacheControl = "private, no-cache";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return TypedResults.Stream(
            bytes, type, entityTag: new EntityTagHeaderValue($"\"{sha256}\""), enableRangeProcessing: true);
    }
}

/// <param name="Status"><c>pending</c>.</param>
internal sealed record PendingMediaResource(MediaStatus Status);
