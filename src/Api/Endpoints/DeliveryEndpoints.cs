using System.Collections.Immutable;
using Parley.Api.Http;
using Parley.Api.OpenApi;
using Parley.Api.Paging;
using Parley.Api.Problems;
using Parley.Api.Resources;
using Parley.Domain.Webhooks;
using Parley.Ports;

namespace Parley.Api.Endpoints;

/// <summary>What was posted to an endpoint, and sending it again.</summary>
internal static class DeliveryEndpoints
{
    /// <summary>What is sent again at once: each keeps a place of its own.</summary>
    private const int MostReplays = 16;

    private static readonly QueryParameter<DeliveryStatus?> Status =
        QueryParameter.Word<DeliveryStatus>("status", "Deliveries of this status only.");

    public static void MapDeliveries(this RouteGroupBuilder group, string kind)
    {
        group.MapGet("/{endpointId}/deliveries", List).Operation($"list{kind}Deliveries", "List what was posted to an endpoint, newest first")
            .Takes([.. PageCall.Parameters, Status])
            .Answers(200, "A page of deliveries.", Examples.Page(WebhooksOutExamples.Delivery))
            .Fails(ProblemCode.BadCursor, ProblemCode.WebhookEndpointNotFound);
        group.MapPost("/{endpointId}/deliveries/{deliveryId}/replay", ReplayOne)
            .Operation(
                $"replay{kind}Delivery",
                "Post the event of a delivery again",
                "With the same webhook-id, and the content as it now is; the attempt is added to the delivery.")
            .Answers(202, "It is going to be posted. The delivery, as it is.", WebhooksOutExamples.Delivery)
            .Fails(
                ProblemCode.WebhookEndpointNotFound,
                ProblemCode.DeliveryNotFound,
                ProblemCode.DeliveryPending,
                ProblemCode.WebhookEndpointDisabled,
                ProblemCode.TooManyReplays,
                ProblemCode.EventExpired,
                ProblemCode.Conflict);
        group.MapPost("/{endpointId}/replay", ReplayRange)
            .Operation(
                $"replay{kind}Range",
                "Post the events of a time again",
                "In order per conversation, beside what is new; those that the endpoint wants as it now is.")
            .Example(new ReplayRangeRequest(WebhooksOutExamples.Noon, WebhooksOutExamples.Noon.AddHours(1)))
            .Answers(202, "They are going to be posted.", WebhooksOutExamples.Replay)
            .Fails(
                ProblemCode.MalformedJson,
                ProblemCode.WebhookEndpointNotFound,
                ProblemCode.WebhookEndpointDisabled,
                ProblemCode.TooManyReplays,
                ProblemCode.Conflict,
                ProblemCode.UnsupportedMediaType,
                ProblemCode.BodyTooLarge, ProblemCode.RequestTimeout);
    }

    private static async Task<Ok<ListAnswer<DeliveryResource>>> List(
        string endpointId, HttpContext context, [AsParameters] WebhookServices services, CancellationToken cancellationToken)
    {
        var ownerId = WebhooksOut.OwnerOf(context);
        await services.Changes.Read(ownerId, endpointId, cancellationToken);
        var call = PageCall.Read(context, "deliveries", ownerId, endpointId);
        var page = await services.Store.ListDeliveries(ownerId, endpointId, Status.Read(context), call.Request, cancellationToken);
        return TypedResults.Ok(call.Answer(page, [.. page.Rows.Select(Render)]));
    }

    private static async Task<Results<Accepted<DeliveryResource>, Problem>> ReplayOne(
        string endpointId, string deliveryId, HttpContext context, [AsParameters] WebhookServices services, CancellationToken cancellationToken)
    {
        var ownerId = WebhooksOut.OwnerOf(context);
        await services.Changes.Read(ownerId, endpointId, cancellationToken);
        if (!Guid.TryParseExact(deliveryId, "D", out var id)
            || await services.Store.ReadDelivery(ownerId, endpointId, id, cancellationToken) is not { } delivery)
        {
            return Problem.Of(ProblemCode.DeliveryNotFound);
        }

        if (delivery.Status == DeliveryStatus.Pending)
        {
            return Problem.Of(ProblemCode.DeliveryPending, "Enable the endpoint to have everything that waits tried at once.");
        }

        var page = await services.Log.ReadEvents(delivery.TenantId, delivery.Position - 1, 1, cancellationToken);
        if (page is not [var e] || e.Position != delivery.Position)
        {
            return Problem.Of(ProblemCode.EventExpired);
        }

        var isOfAll = ownerId == WebhookEndpoint.AllTenants;
        var (track, number) = isOfAll ? (services.Log.ShardFor(delivery.TenantId), e.Running) : (0, e.Position);
        var until = new long[isOfAll ? services.Log.Shards : 1];
        until[track] = number;
        await Add(services, ownerId, endpointId, id, [.. until.Select(static n => Math.Max(n - 1, 0))], [.. until], cancellationToken);
        return TypedResults.Accepted((string?)null, Render(delivery));
    }

    private static async Task<Results<Accepted<ReplayAcceptedResource>, Problem>> ReplayRange(
        string endpointId,
        ReplayRangeRequest request,
        HttpContext context,
        [AsParameters] WebhookServices services,
        CancellationToken cancellationToken)
    {
        var ownerId = WebhooksOut.OwnerOf(context);
        await services.Changes.Read(ownerId, endpointId, cancellationToken);
        var (since, until) = (request.Since, request.Until ?? services.Time.GetUtcNow());
        if (until <= since)
        {
            return Problem.OfBody(ProblemCode.InvalidRequest, "#/until", "It is later than since.");
        }

        var from = await Find(services.Log, ownerId, since, cancellationToken);
        var to = await Find(services.Log, ownerId, until, cancellationToken);
        var id = await Add(services, ownerId, endpointId, null, from, to, cancellationToken);
        return TypedResults.Accepted((string?)null, new ReplayAcceptedResource(id, since, until, to.Sum() - from.Sum()));
    }

    private static async Task<ImmutableArray<long>> Find(IEventLog log, string ownerId, DateTimeOffset before, CancellationToken cancellationToken)
    {
        if (ownerId != WebhookEndpoint.AllTenants)
        {
            return [await log.FindPosition(ownerId, before, cancellationToken)];
        }

        var numbers = ImmutableArray.CreateBuilder<long>(log.Shards);
        for (var shard = 0; shard < log.Shards; shard++)
        {
            numbers.Add(await log.FindRunning(shard, before, cancellationToken));
        }

        return numbers.MoveToImmutable();
    }

    private static async Task<Guid> Add(
        WebhookServices services,
        string ownerId,
        string endpointId,
        Guid? deliveryId,
        ImmutableArray<long> from,
        ImmutableArray<long> until,
        CancellationToken cancellationToken)
    {
        var replay = new Replay
        {
            ReplayId = Guid.CreateVersion7(services.Time.GetUtcNow()),
            DeliveryId = deliveryId,
            Place = new DeliveryPlace { Done = from },
            Until = until,
            CreatedAt = services.Time.GetUtcNow(),
        };
        await services.Changes.Change(ownerId, endpointId, endpoint => With(endpoint, replay), cancellationToken);
        return replay.ReplayId;
    }

    private static WebhookEndpoint With(WebhookEndpoint endpoint, Replay replay)
    {
        if (endpoint.Status == EndpointStatus.Disabled)
        {
            throw new ProblemException(Problem.Of(ProblemCode.WebhookEndpointDisabled, "Enable it first."));
        }

        if (replay.DeliveryId is { } id && endpoint.Replays.Any(r => r.DeliveryId == id))
        {
            return endpoint;
        }

        return endpoint.Replays.Length < MostReplays
            ? endpoint with { Replays = endpoint.Replays.Add(replay) }
            : throw new ProblemException(Problem.Of(ProblemCode.TooManyReplays, $"{MostReplays} are not done yet."));
    }

    private static DeliveryResource Render(Delivery delivery) => new(
        delivery.DeliveryId,
        delivery.TenantId,
        delivery.EventId,
        delivery.Type,
        delivery.Position,
        delivery.Status,
        delivery.Attempts,
        delivery.NextAttemptAt,
        delivery.CreatedAt,
        delivery.UpdatedAt);
}
