using Microsoft.AspNetCore.Mvc;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Reading back from the gateway what Parley may have missed.</summary>
internal static class SyncEndpoints
{
    private static readonly TimeSpan ByDefault = TimeSpan.FromDays(1);

    public static void MapSyncs(this RouteGroupBuilder tenant)
    {
        var group = tenant.MapGroup("/sessions/{sessionId}").WithTags("Sessions");
        group.MapPost("/sync", Begin).Operation(
                "syncSession",
                "Read back from the gateway what may be missing",
                "What is known changes nothing. Messages from before the session are kept as history. The last day when nothing is said.")
            .Example(new SyncRequest(Examples.SyncRun.Since))
            .Answers(202, "It is asked for; Location tells how far it is.", Examples.SyncRun)
            .CarriesLocation(202)
            .Fails(
                ProblemCode.MalformedJson,
                ProblemCode.SessionNotFound,
                ProblemCode.SessionNotRun,
                ProblemCode.UnsupportedMediaType,
                ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
        group.MapGet("/sync/{runId}", Get).Operation("getSync", "Read how far a sync is", "Only the last one of a session is kept.")
            .Answers(200, "How far it is.", Examples.SyncRun)
            .Fails(ProblemCode.SessionNotFound, ProblemCode.SyncNotFound);
    }

    private static async Task<IResult> Begin(
        string sessionId,
        SyncRequest? request,
        HttpContext context,
        [FromServices] ISessionStore sessions,
        [FromServices] IGrainFactory grains,
        [FromServices] Work work,
        [FromServices] TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (tenantId, id, now) = (context.Tenant(), PathText.Unescape(sessionId), time.GetUtcNow());
        var (since, until) = (request?.Since ?? now - ByDefault, request?.Until ?? now);
        if (since >= until)
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/since", "It lies before until.");
        }

        switch (await sessions.ReadSession(tenantId, id, cancellationToken))
        {
            case null or { DeletedByTenant: true }:
                return Problem.Of(ProblemCode.SessionNotFound);
            case { GatewayId: null }:
                return Problem.Of(ProblemCode.SessionNotRun);
        }

        var run = new SyncRun(Guid.CreateVersion7(now), since, until, SyncStatus.Queued, now);
        await work.Leave(tenantId, new SyncLine(id, since) { Until = until, RunId = run.RunId }, cancellationToken);
        await grains.GetGrain<ISessionGrain>(GrainKey.Of(tenantId, id)).Note(run);
        await work.Wake(tenantId);
        return TypedResults.Accepted($"/sessions/{Uri.EscapeDataString(id)}/sync/{run.RunId}", Render(run));
    }

    private static async Task<Results<Ok<SyncRunResource>, Problem>> Get(
        string sessionId, string runId, HttpContext context, [FromServices] ISessionStore sessions, CancellationToken cancellationToken)
    {
        if (await sessions.ReadSession(context.Tenant(), PathText.Unescape(sessionId), cancellationToken) is not { DeletedByTenant: false } session)
        {
            return Problem.Of(ProblemCode.SessionNotFound);
        }

        return session.Sync is { } run && Guid.TryParseExact(runId, "D", out var id) && run.RunId == id
            ? TypedResults.Ok(Render(run))
            : Problem.Of(ProblemCode.SyncNotFound);
    }

    private static SyncRunResource Render(SyncRun run) =>
        new(run.RunId, run.Status, run.Since, run.Until, run.Read, run.Added, run.StartedAt, run.FinishedAt, run.Error);
}
