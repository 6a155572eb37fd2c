using System.Collections.Immutable;
using Parley.Domain.Messages;

namespace Parley.Domain.Webhooks;

/// <summary>Where events are posted to, and how far it has come.</summary>
public sealed record WebhookEndpoint
{
    /// <summary>The owner of endpoints that get the events of all tenants. No tenant has this id.</summary>
    public const string AllTenants = "";

    /// <summary>A tenant, or <see cref="AllTenants"/>.</summary>
    public required string OwnerId { get; init; }

    /// <summary><c>ep_</c> and a UUIDv7 in hexadecimal, so that ids sort by creation.</summary>
    public required string EndpointId { get; init; }

    /// <summary>1, 2, 3, … with every change, be it of its settings or of its place.</summary>
    public required long Version { get; init; }

    public required string Url { get; init; }

    /// <summary>The types of the events that it gets; empty = all.</summary>
    public ImmutableArray<string> Types { get; init; } = [];

    /// <summary>The origins of the messages whose events it gets; empty = all but history.</summary>
    public ImmutableArray<MessageOrigin> Origins { get; init; } = [];

    public string? Description { get; init; }

    /// <summary>The newest first; the others sign along until they end.</summary>
    public required ImmutableArray<EndpointSecret> Secrets { get; init; }

    public EndpointStatus Status { get; init; }

    /// <summary>Why it is paused or disabled, as a stable word.</summary>
    public string? StatusReason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>How many events it has in the owner's log: the number of the next one is one more.</summary>
    public long Told { get; init; }

    /// <summary>When it was last found that events which it had not got were no longer kept; null = never.</summary>
    public DateTimeOffset? MissedAt { get; init; }

    public required DeliveryPlace Place { get; init; }

    /// <summary>What is sent again, beside what is new. Bounded.</summary>
    public ImmutableArray<Replay> Replays { get; init; } = [];
}

/// <summary>A part of the log that is sent again.</summary>
public sealed record Replay
{
    public required Guid ReplayId { get; init; }

    /// <summary>The delivery that is sent again; null = everything that the endpoint wants.</summary>
    public Guid? DeliveryId { get; init; }

    public required DeliveryPlace Place { get; init; }

    /// <summary>Of each track: the last number that is sent.</summary>
    public required ImmutableArray<long> Until { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <param name="Protected">The secret, encrypted.</param>
/// <param name="EndsAt">When it no longer signs; null = it is the present one.</param>
public sealed record EndpointSecret(string Protected, DateTimeOffset? EndsAt = null);

/// <summary>Whether an endpoint gets events.</summary>
public enum EndpointStatus
{
    Enabled,

    /// <summary>It failed several times in a row: only the event that waits longest is tried, by the schedule; a success resumes everything.</summary>
    Paused,

    /// <summary>By its owner, by its own answer (410), or because it failed for too long: nothing is tried.</summary>
    Disabled,
}
