using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Parley.Api.Auth;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Paging;
using Parley.Api.Problems;
using Parley.Api.Rendering;
using Parley.Api.Resources;
using Parley.Domain.Sessions;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Sessions: WhatsApp lines and their states.</summary>
internal static partial class SessionEndpoints
{
    /// <summary>The form of an id that is given here; an unknown instance's session has that one's name, whatever it is.</summary>
    public const string IdPattern = "^[A-Za-z0-9._-]{1,64}$";

    private static readonly QueryParameter<SessionStatus?> Status =
        QueryParameter.Word<SessionStatus>("status", "Sessions of this status only.");

    private static readonly QueryParameter<bool?> NeedsAttention =
        QueryParameter.Boolean("needsAttention", "Sessions that a person must look after, or the others.");

    private static readonly QueryParameter<string> OfTenant = QueryParameter.Text("tenantId", "Sessions of this tenant only.");

    public static void MapSessions(this RouteGroupBuilder tenant)
    {
        var group = tenant.MapGroup("/sessions").WithTags("Sessions");
        group.MapGet("", List).Operation("listSessions", "List the sessions")
            .Takes([.. PageCall.Parameters, Status, NeedsAttention])
            .Answers(200, "A page of sessions.", Examples.Page(Examples.Session))
            .Fails(ProblemCode.BadCursor);
        group.MapGet("/{sessionId}", Get).Operation("getSession", "Read a session")
            .Answers(200, "The session.", Examples.Session)
            .Fails(ProblemCode.SessionNotFound);
        group.MapGet("/{sessionId}/transitions", Transitions).Operation("listSessionTransitions", "List what happened to a session, newest first")
            .Takes(PageCall.Parameters)
            .Answers(200, "A page of transitions.", Examples.Page(Examples.Transition))
            .Fails(ProblemCode.BadCursor, ProblemCode.SessionNotFound);
    }

    public static void MapAdminSessions(this RouteGroupBuilder admin) =>
        admin.MapGet("/sessions", ListAll).WithTags("Sessions").Operation("listAllSessions", "List the sessions of all tenants")
            .Takes([.. PageCall.Parameters, OfTenant, Status, NeedsAttention])
            .Answers(200, "A page of sessions.", Examples.Page(Examples.AdminSession))
            .Fails(ProblemCode.BadCursor);

    /// <summary>Whether a session may be given this id. Dots alone would be part of no address.</summary>
    public static bool IsId(string text) => Form().IsMatch(text) && text is not ("." or "..");

    private static async Task<Ok<ListAnswer<SessionResource>>> List(
        HttpContext context, [FromServices] ISessionStore sessions, [FromServices] IOptions<ApiOptions> options, CancellationToken cancellationToken)
    {
        var call = PageCall.Read(context, "sessions", context.Tenant());
        var page = await sessions.ListSessions(context.Tenant(), Filter(context), call.Request, cancellationToken);
        return TypedResults.Ok(call.Answer(page, [.. page.Rows.Select(e => SessionRenderer.Render(e, options.Value))]));
    }

    private static async Task<Ok<ListAnswer<AdminSessionResource>>> ListAll(
        HttpContext context, [FromServices] ISessionStore sessions, [FromServices] IOptions<ApiOptions> options, CancellationToken cancellationToken)
    {
        var call = PageCall.Read(context, "all-sessions", null);
        var page = await sessions.ListSessions(OfTenant.Read(context), Filter(context), call.Request, cancellationToken);
        return TypedResults.Ok(call.Answer(page, [.. page.Rows.Select(e => SessionRenderer.RenderForAdmin(e, options.Value))]));
    }

    private static async Task<Ok<SessionResource>> Get(
        string sessionId, HttpContext context, [AsParameters] SessionServices services, CancellationToken cancellationToken) =>
        TypedResults.Ok(SessionRenderer.Render(await services.Read(context, sessionId, cancellationToken), services.Options.Value));

    private static async Task<Results<Ok<ListAnswer<TransitionResource>>, Problem>> Transitions(
        string sessionId, HttpContext context, [FromServices] ISessionStore sessions, CancellationToken cancellationToken)
    {
        var id = PathText.Unescape(sessionId);
        var call = PageCall.Read(context, "transitions", context.Tenant(), id);
        if (await sessions.ReadEntry(context.Tenant(), id, cancellationToken) is null or { Session.DeletedByTenant: true })
        {
            return Problem.Of(ProblemCode.SessionNotFound);
        }

        var page = await sessions.ListTransitions(context.Tenant(), id, call.Request, cancellationToken);
        return TypedResults.Ok(call.Answer(page, [.. page.Rows.Select(SessionRenderer.Render)]));
    }

    private static SessionFilter Filter(HttpContext context) => new(Status.Read(context), NeedsAttention.Read(context));

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
