using System.Collections.Immutable;
using Parley.Domain.Addresses;

namespace Parley.Domain.Sessions;

/// <summary>A WhatsApp line of a tenant, as one gateway instance runs it.</summary>
[GenerateSerializer, Immutable, Alias("parley.Session")]
public sealed record Session
{
    [Id(0)]
    public required string SessionId { get; init; }

    /// <summary>Rises by one with every commit; 0 = not kept yet.</summary>
    [Id(1)]
    public long Version { get; init; }

    /// <summary>Number of its last event.</summary>
    [Id(2)]
    public long EventNumber { get; init; }

    [Id(3)]
    public string? GatewayId { get; init; }

    /// <summary>The gateway's name of the instance; webhooks are matched by it.</summary>
    [Id(4)]
    public required string InstanceName { get; init; }

    [Id(5)]
    public required SessionStatus Status { get; init; }

    /// <summary>The status that the tenant wants; null for a session that nobody asked Parley to run.</summary>
    [Id(6)]
    public SessionStatus? DesiredStatus { get; init; }

    [Id(7)]
    public string? StatusReason { get; init; }

    /// <summary>A stable code of what a person must do; null = nothing.</summary>
    [Id(8)]
    public string? NeedsAttention { get; init; }

    [Id(9)]
    public Address? PhoneNumber { get; init; }

    /// <summary>Hidden ids of the line itself: only to tell own messages in groups.</summary>
    [Id(10)]
    public ImmutableArray<Address> OwnLids { get; init; } = [];

    /// <summary>The tenant deleted it: no webhook revives it.</summary>
    [Id(11)]
    public bool DeletedByTenant { get; init; }

    /// <summary><c>date_time</c> of the last applied state webhook, Unix milliseconds.</summary>
    [Id(12)]
    public long? StateEnvelopeMs { get; init; }

    /// <summary>When Parley received the last applied state webhook.</summary>
    [Id(13)]
    public DateTimeOffset? StateReceivedAt { get; init; }

    [Id(14)]
    public required DateTimeOffset CreatedAt { get; init; }

    [Id(15)]
    public required DateTimeOffset UpdatedAt { get; init; }

    [Id(16)]
    public DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>How many transitions are kept.</summary>
    [Id(17)]
    public long TransitionCount { get; init; }

    [Id(18)]
    public SessionSettings Settings { get; init; } = SessionSettings.Default;

    /// <summary>How the line is named in conversations: its number, else its session.</summary>
    public Address Line => PhoneNumber ?? Address.OfSession(SessionId);
}
