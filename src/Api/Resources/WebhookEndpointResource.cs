using System.ComponentModel.DataAnnotations;
using Parley.Domain.Messages;
using Parley.Domain.Webhooks;

namespace Parley.Api.Resources;

/// <param name="Url">Where events are posted to: https, or http where the operator allows the network.</param>
/// <param name="Types">The types of the events that it gets; all when left out or empty.</param>
/// <param name="Origin">The origins of the messages whose events it gets; all but history when left out or empty.</param>
internal sealed record CreateWebhookEndpointRequest(
    [property: MinLength(1), MaxLength(2000)] string Url,
    IReadOnlyList<string>? Types = null,
    IReadOnlyList<MessageOrigin>? Origin = null,
    [property: MaxLength(500)] string? Description = null);

/// <summary>What is left out stays as it is.</summary>
/// <param name="Status"><c>enabled</c> or <c>disabled</c>. Enabling one that is paused or disabled resumes everything at once.</param>
internal sealed record UpdateWebhookEndpointRequest(
    [property: MinLength(1), MaxLength(2000)] string? Url = null,
    IReadOnlyList<string>? Types = null,
    IReadOnlyList<MessageOrigin>? Origin = null,
    [property: MaxLength(500)] string? Description = null,
    EndpointStatus? Status = null);

/// <param name="Types">Empty = all.</param>
/// <param name="Origin">Empty = all but history.</param>
/// <param name="StatusReason">Why it is paused (<c>failing</c>) or disabled (<c>failing</c>, <c>gone</c>, <c>by_owner</c>).</param>
/// <param name="Waiting">Conversations and sessions of which an event failed and is tried again.</param>
/// <param name="NextAttemptAt">When the next of those is tried.</param>
/// <param name="PendingReplays">What was asked to be sent again and is not done.</param>
/// <param name="EventsMissedAt">When it was last found that events which it had not got were no longer kept.</param>
internal sealed record WebhookEndpointResource(
    string EndpointId,
    string Url,
    IReadOnlyList<string> Types,
    IReadOnlyList<MessageOrigin> Origin,
    string? Description,
    EndpointStatus Status,
    string? StatusReason,
    int Waiting,
    DateTimeOffset? NextAttemptAt,
    int PendingReplays,
    DateTimeOffset? EventsMissedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>A new endpoint with its secret: that is shown this once.</summary>
internal sealed record CreatedWebhookEndpointResource(
    string EndpointId,
    string Url,
    IReadOnlyList<string> Types,
    IReadOnlyList<MessageOrigin> Origin,
    string? Description,
    EndpointStatus Status,
    string Secret,
    DateTimeOffset CreatedAt);

/// <summary>The new secret: it is shown this once. The old one signs along for a time.</summary>
internal sealed record WebhookSecretResource(string Secret);

/// <param name="Error">What went wrong, as a stable word.</param>
internal sealed record WebhookTestResource(bool Delivered, int? StatusCode, string? Error, long Milliseconds);

/// <param name="EventId">The <c>webhook-id</c> of every attempt.</param>
/// <param name="Position">Of the event in its tenant's log.</param>
/// <param name="Attempts">The latest ones, in their order.</param>
internal sealed record DeliveryResource(
    Guid DeliveryId,
    string TenantId,
    string EventId,
    string Type,
    long Position,
    DeliveryStatus Status,
    IReadOnlyList<DeliveryAttempt> Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <param name="Since">Events that were logged at this time or later.</param>
/// <param name="Until">Events that were logged before this time; now when left out.</param>
internal sealed record ReplayRangeRequest(DateTimeOffset Since, DateTimeOffset? Until = null);

/// <param name="Events">How many events there are in that time, wanted or not.</param>
internal sealed record ReplayAcceptedResource(Guid ReplayId, DateTimeOffset Since, DateTimeOffset Until, long Events);
