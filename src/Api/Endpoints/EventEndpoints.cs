using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Parley.Api.Auth;
using Parley.Api.Events;
using Parley.Api.OpenApi;
using Parley.Api.Paging;
using Parley.Api.Resources;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>The log of events: as a stream, or page by page.</summary>
internal static class EventEndpoints
{
    private const string StreamType = "text/event-stream";
    private const string JsonType = "application/json";
    private const string StreamDescription =
        "By Accept: application/json is one page of the log; anything else is a stream of server-sent events (text/event-stream) that begins "
        + "after Last-Event-ID, or now. See docs/events.md.";

    public static void MapEvents(this RouteGroupBuilder tenant)
    {
        var group = tenant.MapGroup("/events").WithTags("Events");
        Describe(group.MapGet("", Get), "readEvents", "Follow the events of a tenant", Examples.EventPage)
            .WithMetadata(new TakesTicketMetadata())
            .Takes(EventTickets.Parameter);
        group.MapPost("/tickets", PostTicket)
            .Operation("createEventTicket", "Make a ticket for a stream", "For browsers: it opens GET /events by ?ticket= for five minutes.")
            .RequiresScope(KeyScopes.Read)
            .Answers(201, "The ticket.", Examples.EventTicket)
            .CarriesLocation(201);
    }

    public static void MapAdminEvents(this RouteGroupBuilder admin) =>
        Describe(
            admin.MapGet("/events", GetAll).WithTags("Events"), "readAllEvents", "Follow the events of all tenants", Examples.AdminEventPage);

    /// <summary>Whether a request asks for a stream: such a one is bounded as a stream, not as a request.</summary>
    public static bool IsStream(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<EventStreamMetadata>() is not null && !WantsPage(context.Request);

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder builder, string id, string summary, EventPageResource example) => builder
        .Operation(id, summary, StreamDescription)
        .WithMetadata(new EventStreamMetadata())
        .Takes([
            EventQuery.Types,
            EventQuery.SessionId,
            EventQuery.ConversationId,
            EventQuery.Origins,
            EventQuery.LastEventId,
            EventQuery.After,
            PageCall.LimitParameter,
        ])
        .Answers(200, "A page of the log, or the stream.", example)
        .AnswersEmpty(414, "The address is longer than 32 KB.")
        .Also(StreamType, Examples.EventStream);

    private static Task<IResult> Get(
        HttpContext context, [FromServices] EventStreams streams, [FromServices] ILogger<EventStreams> logger, CancellationToken cancellationToken) =>
        Answer(context, context.Tenant(), streams, logger, cancellationToken);

    private static Task<IResult> GetAll(
        HttpContext context, [FromServices] EventStreams streams, [FromServices] ILogger<EventStreams> logger, CancellationToken cancellationToken) =>
        Answer(context, null, streams, logger, cancellationToken);

    private static async Task<IResult> Answer(
        HttpContext context, string? tenantId, EventStreams streams, ILogger logger, CancellationToken cancellationToken)
    {
        context.Response.Headers.Vary = "Accept";
        var filter = EventQuery.Filter(context);

        // What is wrong is refused in both forms, also where only the other one has a use for it.
        var limit = (int)(PageCall.LimitParameter.Read(context) ?? PageCall.DefaultLimit);
        var after = EventQuery.After.Read(context) ?? EventPlace.Oldest;
        _ = EventQuery.LastEventId.Read(context);
        _ = tenantId is null ? null : EventTickets.Parameter.Read(context);
        if (WantsPage(context.Request))
        {
            using var log = streams.Feed(tenantId, follows: false);
            return TypedResults.Ok(await EventPage.Read(
                streams, log, filter, after, EventQuery.After.Name, limit, cancellationToken));
        }

        using var feed = streams.Feed(tenantId, follows: true);
        var bounds = await feed.Bounds(cancellationToken);
        var start = EventQuery.Start(context) is var (place, from) ? EventStart.Read(place, from, bounds) : EventStart.Now(bounds);
        context.Response.ContentType = StreamType;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await new EventStream(streams, feed, filter, start, context, tenantId, logger).Run();
        return TypedResults.Empty;
    }

    private static Created<EventTicketResource> PostTicket(HttpContext context, [FromServices] EventTickets tickets)
    {
        var (ticket, expiresAt) = tickets.New(
            context.Tenant(), context.User.FindFirstValue(ParleyAuthentication.KeyClaim), Credentials.EndOf(context));
        return TypedResults.Created("/events", new EventTicketResource(ticket, expiresAt));
    }

    private static bool WantsPage(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return Weight(accepted, JsonType) > Weight(accepted, StreamType);
    }

    private static double Weight(IList<MediaTypeHeaderValue> accepted, string type) =>
        accepted.Where(a => a.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(static a => a.Quality ?? 1).DefaultIfEmpty(0).Max();
}

/// <summary>A route that can be a stream.</summary>
internal sealed record EventStreamMetadata;
