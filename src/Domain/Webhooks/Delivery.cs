using System.Collections.Immutable;

namespace Parley.Domain.Webhooks;

/// <summary>One event on its way to one endpoint.</summary>
public sealed record Delivery
{
    /// <summary>UUIDv7.</summary>
    public required Guid DeliveryId { get; init; }

    public required string OwnerId { get; init; }

    public required string EndpointId { get; init; }

    public required string TenantId { get; init; }

    /// <summary>Of the event, in its tenant's log.</summary>
    public required long Position { get; init; }

    public required string EventId { get; init; }

    public required string Type { get; init; }

    public required DeliveryStatus Status { get; init; }

    /// <summary>The latest ones, in their order; how many are kept is bounded.</summary>
    public ImmutableArray<DeliveryAttempt> Attempts { get; init; } = [];

    public DateTimeOffset? NextAttemptAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>How far a delivery has come.</summary>
public enum DeliveryStatus
{
    /// <summary>It was tried and is to be tried again.</summary>
    Pending,

    Delivered,

    /// <summary>It is not tried again by itself.</summary>
    Failed,
}

/// <param name="StatusCode">Of the answer; null = there was none.</param>
/// <param name="Error">What went wrong, as a stable word; null = nothing.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, int? StatusCode, string? Error, long Milliseconds);
