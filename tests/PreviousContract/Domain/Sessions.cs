using System.Collections.Immutable;
using Parley.Domain.Addresses;

namespace Parley.Domain.Sessions;

public enum SessionStatus
{
    Creating,
    Connecting,
    Open,
    Close,
    Destroyed,
}

[GenerateSerializer, Immutable, Alias("parley.SessionSignal")]
public sealed record SessionSignal
{
    [Id(0)]
    public SessionStatus? Status { get; init; }

    [Id(1)]
    public string? Reason { get; init; }

    [Id(2)]
    public Address? PhoneNumber { get; init; }

    [Id(3)]
    public Address? OwnLid { get; init; }

    [Id(4)]
    public long? EnvelopeMs { get; init; }

    [Id(5)]
    public DateTimeOffset ReceivedAt { get; init; }

    [Id(6)]
    public bool Replayed { get; init; }

    [Id(7)]
    public bool Traffic { get; init; }
}

[GenerateSerializer, Immutable, Alias("parley.Session")]
public sealed record Session
{
    [Id(0)]
    public required string SessionId { get; init; }

    [Id(1)]
    public long Version { get; init; }

    [Id(2)]
    public long EventNumber { get; init; }

    [Id(3)]
    public string? GatewayId { get; init; }

    [Id(4)]
    public required string InstanceName { get; init; }

    [Id(5)]
    public required SessionStatus Status { get; init; }

    [Id(6)]
    public SessionStatus? DesiredStatus { get; init; }

    [Id(7)]
    public string? StatusReason { get; init; }

    [Id(8)]
    public string? NeedsAttention { get; init; }

    [Id(9)]
    public Address? PhoneNumber { get; init; }

    [Id(10)]
    public ImmutableArray<Address> OwnLids { get; init; } = [];

    [Id(11)]
    public bool DeletedByTenant { get; init; }

    [Id(12)]
    public long? StateEnvelopeMs { get; init; }

    [Id(13)]
    public DateTimeOffset? StateReceivedAt { get; init; }

    [Id(14)]
    public required DateTimeOffset CreatedAt { get; init; }

    [Id(15)]
    public required DateTimeOffset UpdatedAt { get; init; }

    [Id(16)]
    public DateTimeOffset? ConnectedAt { get; init; }

    [Id(17)]
    public long TransitionCount { get; init; }
}
