using Microsoft.AspNetCore.Mvc;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Paging;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Payloads that were not understood or could not be applied.</summary>
internal static class QuarantineEndpoints
{
    private static readonly QueryParameter<string> Code = QueryParameter.Text("code", "Payloads of this code only.", 100);
    private static readonly QueryParameter<DateTimeOffset?> Since =
        QueryParameter.Time("since", "Payloads that were received at this time or later.");

    public static void MapQuarantine(this RouteGroupBuilder tenant)
    {
        var group = tenant.MapGroup("/quarantine").WithTags("Quarantine");
        group.MapGet("", List).Operation("listQuarantine", "List the payloads in quarantine, newest first")
            .Takes([.. PageCall.Parameters, Code, Since])
            .Answers(200, "A page of payloads, without their bodies.", Examples.Page(Examples.Quarantined))
            .Fails(ProblemCode.BadCursor);
        group.MapGet("/{quarantineId:not(replay)}", Get).Operation("getQuarantined", "Read a payload in quarantine with its body")
            .Answers(200, "The payload.", Examples.QuarantinedDetails)
            .Fails(ProblemCode.QuarantineNotFound);
        group.MapPost("/{quarantineId}/replay", Replay).Operation("replayQuarantined", "Take a payload in again, as if it came now")
            .Answers(200, "What became of it.", new ReplayResource(1, 0, 0, 0, false))
            .Fails(ProblemCode.QuarantineNotFound);
        group.MapPost("/replay", ReplayByCode).Operation("replayQuarantineByCode", "Take all payloads of a code in again")
            .Example(new ReplayRequest("no_content"))
            .Answers(200, "What became of them.", new ReplayTotalsResource(3, 1, 2, 0, 0, 1))
            .Fails(ProblemCode.MalformedJson, ProblemCode.UnsupportedMediaType, ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
    }

    private static async Task<Ok<ListAnswer<QuarantineResource>>> List(
        HttpContext context, [FromServices] IQuarantine quarantine, CancellationToken cancellationToken)
    {
        var call = PageCall.Read(context, "quarantine", context.Tenant());
        var page = await quarantine.ListQuarantined(
            context.Tenant(), Code.Read(context), Since.Read(context), call.Request, cancellationToken);
        return TypedResults.Ok(call.Answer(page, [.. page.Rows.Select(Render)]));
    }

    private static async Task<Results<Ok<QuarantineDetailsResource>, Problem>> Get(
        string quarantineId, HttpContext context, [FromServices] IQuarantine quarantine, CancellationToken cancellationToken) =>
        Guid.TryParseExact(quarantineId, "D", out var id)
        && await quarantine.ReadQuarantined(context.Tenant(), id, cancellationToken) is { } found
            ? TypedResults.Ok(new QuarantineDetailsResource(
                found.Id, found.Code, found.Detail, found.Instance, found.Event, found.ReceivedAt, found.Size, new RawJson(found.Payload)))
            : Problem.Of(ProblemCode.QuarantineNotFound);

    private static async Task<Results<Ok<ReplayResource>, Problem>> Replay(
        string quarantineId, HttpContext context, [FromServices] QuarantineReplay replay, CancellationToken cancellationToken) =>
        Guid.TryParseExact(quarantineId, "D", out var id) && await replay.Replay(context.Tenant(), id, cancellationToken) is { } result
            ? TypedResults.Ok(new ReplayResource(
                result.Counts.Accepted, result.Counts.Duplicates, result.Counts.Ignored, result.Counts.Quarantined, result.Remains))
            : Problem.Of(ProblemCode.QuarantineNotFound);

    private static async Task<Results<Ok<ReplayTotalsResource>, Problem>> ReplayByCode(
        ReplayRequest request, HttpContext context, [FromServices] QuarantineReplay replay, CancellationToken cancellationToken)
    {
        if (request.Code.Length is 0 or > 100)
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/code", "A code has 1 to 100 characters.");
        }

        var totals = await replay.ReplayByCode(context.Tenant(), request.Code, request.Since, cancellationToken);
        return TypedResults.Ok(new ReplayTotalsResource(
            totals.Replayed,
            totals.Remaining,
            totals.Counts.Accepted,
            totals.Counts.Duplicates,
            totals.Counts.Ignored,
            totals.Counts.Quarantined));
    }

    private static QuarantineResource Render(QuarantinedPayload payload) => new(
        payload.Id, payload.Code, payload.Detail, payload.Instance, payload.Event, payload.ReceivedAt, payload.Size);
}
