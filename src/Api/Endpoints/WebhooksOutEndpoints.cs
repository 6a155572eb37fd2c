using System.Collections.Immutable;
using System.Text.Json;
using Parley.Api.Events;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Paging;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Domain.Messages;
using Parley.Domain.Webhooks;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>Endpoints to which events are posted: those of a tenant, and the administrator's, which get the events of all tenants.</summary>
internal static class WebhooksOutEndpoints
{
    private const string Prefix = "ep_";
    private const int LongestUrl = 2_000;
    private const int LongestDescription = 500;

    /// <summary>Secrets that sign at once: one may be replaced several times within the time that an old one signs along.</summary>
    private const int MostSecrets = 5;

    private static readonly ProblemCode[] OfUrl =
    [
        ProblemCode.MalformedJson, ProblemCode.AddressNotAllowed, ProblemCode.HostNotFound, ProblemCode.UnsupportedMediaType, ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout,
    ];

    public static void MapWebhooksOut(this RouteGroupBuilder tenant) => Map(tenant, "");

    /// <summary>The same for all tenants.</summary>
    public static void MapAdminWebhooksOut(this RouteGroupBuilder admin) => Map(admin.MapGroup("").WithMetadata(new OfAllTenants()), "Admin");

    private static void Map(RouteGroupBuilder routes, string kind)
    {
        var group = routes.MapGroup("/webhook-endpoints").WithTags("Webhook endpoints");
        group.MapPost("", Create).Operation($"create{kind}WebhookEndpoint", "Have events posted to an address")
            .Example(new CreateWebhookEndpointRequest("https://shop.example/hooks/parley", ["message.created", "message.status_changed"]))
            .Answers(201, "The endpoint; its secret is shown this once.", WebhooksOutExamples.Created)
            .CarriesLocation(201)
            .Fails(OfUrl)
            .Fails(ProblemCode.TooManyWebhookEndpoints);
        group.MapGet("", List).Operation($"list{kind}WebhookEndpoints", "List the endpoints")
            .Takes(PageCall.Parameters)
            .Answers(200, "A page of endpoints.", Examples.Page(WebhooksOutExamples.Endpoint))
            .Fails(ProblemCode.BadCursor);
        group.MapGet("/{endpointId}", Get).Operation($"get{kind}WebhookEndpoint", "Read an endpoint")
            .Answers(200, "The endpoint.", WebhooksOutExamples.Endpoint)
            .Fails(ProblemCode.WebhookEndpointNotFound);
        group.MapPatch("/{endpointId}", Update).Operation($"update{kind}WebhookEndpoint", "Change an endpoint, or enable or disable it")
            .Example(new UpdateWebhookEndpointRequest(Status: EndpointStatus.Enabled))
            .Answers(200, "The endpoint.", WebhooksOutExamples.Endpoint)
            .Fails(OfUrl)
            .Fails(ProblemCode.WebhookEndpointNotFound, ProblemCode.Conflict);
        group.MapDelete("/{endpointId}", Delete).Operation($"delete{kind}WebhookEndpoint", "Delete an endpoint with its deliveries")
            .AnswersEmpty(204, "It is deleted.")
            .Fails(ProblemCode.WebhookEndpointNotFound);
        group.MapPost("/{endpointId}/rotate-secret", Rotate)
            .Operation($"rotate{kind}WebhookSecret", "Give an endpoint a new secret", "The old one signs along for 24 hours.")
            .Answers(200, "The new secret; it is shown this once.", new WebhookSecretResource(WebhooksOutExamples.Secret))
            .Fails(ProblemCode.WebhookEndpointNotFound, ProblemCode.Conflict);
        group.MapPost("/{endpointId}/test", Test).Operation($"test{kind}WebhookEndpoint", "Post a webhook.test now and tell what came back")
            .Answers(200, "What came back.", new WebhookTestResource(true, 204, null, 38))
            .Fails(ProblemCode.WebhookEndpointNotFound);
        group.MapDeliveries(kind);
    }

    private static async Task<Results<Created<CreatedWebhookEndpointResource>, Problem>> Create(
        CreateWebhookEndpointRequest request, HttpContext context, [AsParameters] WebhookServices services, CancellationToken cancellationToken)
    {
        if (Check(request.Url, request.Types, request.Description) is { } wrong)
        {
            return wrong;
        }

        await services.Changes.CheckUrl(request.Url, cancellationToken);
        var (ownerId, now, secret) = (WebhooksOut.OwnerOf(context), services.Time.GetUtcNow(), WebhookVault.New());
        var endpoint = new WebhookEndpoint
        {
            OwnerId = ownerId,
            EndpointId = Prefix + Guid.CreateVersion7(now).ToString("N"),
            Version = 1,
            Url = request.Url,
            Types = Types(request.Types),
            Origins = Origins(request.Origin),
            Description = request.Description,
            Secrets = [new EndpointSecret(services.Vault.Protect(secret))],
            CreatedAt = now,
            UpdatedAt = now,
            Place = new DeliveryPlace { Done = await Ends(services.Log, ownerId, cancellationToken), Mark = Guid.NewGuid() },
        };
        if (!await services.Store.CreateEndpoint(endpoint, services.Options.MostEndpoints, cancellationToken))
        {
            return Problem.Of(ProblemCode.TooManyWebhookEndpoints, $"There are {services.Options.MostEndpoints} already.");
        }

        await services.Changes.Wake(ownerId, endpoint.EndpointId, endpoint.Version);
        return TypedResults.Created(
            $"{context.Request.Path.Value?.TrimEnd('/')}/{endpoint.EndpointId}",
            new CreatedWebhookEndpointResource(
                endpoint.EndpointId, endpoint.Url, endpoint.Types, endpoint.Origins, endpoint.Description, endpoint.Status, secret, now));
    }

    private static async Task<Ok<ListAnswer<WebhookEndpointResource>>> List(
        HttpContext context, [AsParameters] WebhookServices services, CancellationToken cancellationToken)
    {
        var ownerId = WebhooksOut.OwnerOf(context);
        var call = PageCall.Read(context, "webhook-endpoints", ownerId);
        var page = await services.Store.ListEndpoints(ownerId, call.Request, cancellationToken);
        return TypedResults.Ok(call.Answer(page, [.. page.Rows.Select(Render)]));
    }

    private static async Task<Ok<WebhookEndpointResource>> Get(
        string endpointId, HttpContext context, [AsParameters] WebhookServices services, CancellationToken cancellationToken) =>
        TypedResults.Ok(Render(await services.Changes.Read(WebhooksOut.OwnerOf(context), endpointId, cancellationToken)));

    private static async Task<Results<Ok<WebhookEndpointResource>, Problem>> Update(
        string endpointId,
        UpdateWebhookEndpointRequest request,
        HttpContext context,
        [AsParameters] WebhookServices services,
        CancellationToken cancellationToken)
    {
        var ownerId = WebhooksOut.OwnerOf(context);
        await services.Changes.Read(ownerId, endpointId, cancellationToken);
        if (Check(request.Url, request.Types, request.Description) is { } wrong)
        {
            return wrong;
        }

        if (request.Status == EndpointStatus.Paused)
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/status", "It is enabled or disabled; an endpoint that fails is paused by itself.");
        }

        if (request.Url is { } url)
        {
            await services.Changes.CheckUrl(url, cancellationToken);
        }

        var changed = await services.Changes.Change(ownerId, endpointId, endpoint => Changed(endpoint, request, services.Time.GetUtcNow()), cancellationToken);
        return TypedResults.Ok(Render(changed));
    }

    private static WebhookEndpoint Changed(WebhookEndpoint endpoint, UpdateWebhookEndpointRequest request, DateTimeOffset now)
    {
        var changed = endpoint with
        {
            Url = request.Url ?? endpoint.Url,
            Types = request.Types is null ? endpoint.Types : Types(request.Types),
            Origins = request.Origin is null ? endpoint.Origins : Origins(request.Origin),
            Description = request.Description ?? endpoint.Description,
        };
        return request.Status switch
        {
            EndpointStatus.Enabled when endpoint.Status != EndpointStatus.Enabled => EndpointProgress.Enable(changed, Guid.NewGuid(), now),
            EndpointStatus.Disabled when endpoint.Status != EndpointStatus.Disabled =>
                EndpointProgress.Disable(changed, EndpointProgress.ByOwner, Guid.NewGuid()),
            _ => changed,
        };
    }

    private static async Task<Results<NoContent, Problem>> Delete(
        string endpointId, HttpContext context, [AsParameters] WebhookServices services, CancellationToken cancellationToken)
    {
        var ownerId = WebhooksOut.OwnerOf(context);
        if (!await services.Store.DeleteEndpoint(ownerId, endpointId, cancellationToken))
        {
            return Problem.Of(ProblemCode.WebhookEndpointNotFound);
        }

        // Newer than any: its deliverer reads it again and finds it gone.
        await services.Changes.Wake(ownerId, endpointId, long.MaxValue);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<WebhookSecretResource>> Rotate(
        string endpointId, HttpContext context, [AsParameters] WebhookServices services, CancellationToken cancellationToken)
    {
        var secret = WebhookVault.New();
        var kept = new EndpointSecret(services.Vault.Protect(secret));
        await services.Changes.Change(
            WebhooksOut.OwnerOf(context),
            endpointId,
            endpoint => endpoint with { Secrets = Rotated(kept, endpoint.Secrets, services.Time.GetUtcNow(), services.Options.OldSecretSigns) },
            cancellationToken);
        return TypedResults.Ok(new WebhookSecretResource(secret));
    }

    private static ImmutableArray<EndpointSecret> Rotated(
        EndpointSecret added, ImmutableArray<EndpointSecret> before, DateTimeOffset now, TimeSpan signsFor) =>
        [added, .. before.Select(s => s.EndsAt is null ? s with { EndsAt = now + signsFor } : s).Where(s => s.EndsAt > now).Take(MostSecrets - 1)];

    private static async Task<Ok<WebhookTestResource>> Test(
        string endpointId, HttpContext context, [AsParameters] WebhookServices services, CancellationToken cancellationToken)
    {
        var endpoint = await services.Changes.Read(WebhooksOut.OwnerOf(context), endpointId, cancellationToken);
        var now = services.Time.GetUtcNow();
        var secrets = endpoint.Secrets.Where(s => s.EndsAt is null || s.EndsAt > now).Select(s => services.Vault.Open(s.Protected)).ToList();
        var tenantId = endpoint.OwnerId == WebhookEndpoint.AllTenants ? endpoint.OwnerId : null;
        var body = EventBody.Write(
            "webhook.test", now, tenantId, JsonSerializer.SerializeToUtf8Bytes(new { endpointId }, Json.Options));
        using var poster = services.Connections.Open();
        var result = await poster.Post(new Uri(endpoint.Url), secrets, $"evt_test_{Guid.CreateVersion7(now):N}", body, cancellationToken);
        var shown = result.Shown!;
        return TypedResults.Ok(new WebhookTestResource(
            result.Outcome == AttemptOutcome.Delivered, shown.StatusCode, shown.Error, shown.Milliseconds));
    }

    /// <summary>The ends of the logs: an endpoint begins with what comes after it was made.</summary>
    private static async Task<ImmutableArray<long>> Ends(IEventLog log, string ownerId, CancellationToken cancellationToken) =>
        ownerId == WebhookEndpoint.AllTenants
            ? [.. await log.ReadHeads(cancellationToken)]
            : [(await log.ReadBounds(ownerId, cancellationToken)).Last];

    private static Problem? Check(string? url, IReadOnlyList<string>? types, string? description) =>
        url is { Length: 0 or > LongestUrl } ? Problem.OfBody(ProblemCode.InvalidRequest, "#/url", $"It has 1 to {LongestUrl} characters.")
        : types?.Select(static t => t ?? "null").FirstOrDefault(static t => EventCatalogue.Find(t) is null) is { } unknown
            ? Problem.OfBody(ProblemCode.InvalidRequest, "#/types", $"There are no events of the type '{unknown}'.")
        : description is { Length: > LongestDescription }
            ? Problem.OfBody(ProblemCode.InvalidRequest, "#/description", $"It has at most {LongestDescription} characters.")
        : null;

    private static ImmutableArray<string> Types(IReadOnlyList<string>? types) => [.. (types ?? []).Distinct(StringComparer.Ordinal)];

    private static ImmutableArray<MessageOrigin> Origins(IReadOnlyList<MessageOrigin>? origins) => [.. (origins ?? []).Distinct()];

    private static WebhookEndpointResource Render(WebhookEndpoint endpoint)
    {
        var failing = endpoint.Place.Waiting.Where(static w => w.Attempts > 0).ToList();
        return new WebhookEndpointResource(
            endpoint.EndpointId,
            endpoint.Url,
            endpoint.Types,
            endpoint.Origins,
            endpoint.Description,
            endpoint.Status,
            endpoint.StatusReason,
            failing.Count,
            endpoint.Status switch
            {
                EndpointStatus.Disabled => null,

                // The others' times have no meaning as long as only the one that fails longest is tried.
                EndpointStatus.Paused => failing.MinBy(static w => (w.Since, w.Number))?.NextAt,
                _ => failing.Select(static w => (DateTimeOffset?)w.NextAt).Min(),
            },
            endpoint.Replays.Length,
            endpoint.MissedAt,
            endpoint.CreatedAt,
            endpoint.UpdatedAt);
    }
}
