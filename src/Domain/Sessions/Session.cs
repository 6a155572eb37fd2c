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

    /// <summary>What its creator keeps with it: a JSON object as text.</summary>
    [Id(19)]
    public string? Metadata { get; init; }

    /// <summary>Its instance was there before Parley: it is neither created nor recreated.</summary>
    [Id(20)]
    public bool IsAdopted { get; init; }

    /// <summary>Its token, the instance's own token, the former webhook; encrypted. Null = it lives on the gateway's global webhook.</summary>
    [Id(21)]
    public string? Secrets { get; init; }

    /// <summary>The id of its webhook token.</summary>
    [Id(22)]
    public string? TokenId { get; init; }

    /// <summary>Its token's last four characters.</summary>
    [Id(23)]
    public string? TokenHint { get; init; }

    /// <summary>What its keeper is to do at the gateway; null = nothing but to look.</summary>
    [Id(24)]
    public SessionTask? Task { get; init; }

    /// <summary>Number of its last task.</summary>
    [Id(25)]
    public long TaskCount { get; init; }

    /// <summary>Null until its state changes.</summary>
    [Id(26)]
    public SessionPace? Pace { get; init; }

    /// <summary>Since when the gateway says that it has no such instance; null = it has it.</summary>
    [Id(27)]
    public DateTimeOffset? MissingSince { get; init; }

    /// <summary>When its keeper last restarted it by itself.</summary>
    [Id(28)]
    public DateTimeOffset? RestartedAt { get; init; }

    /// <summary>Payloads of its instance may wait in the quarantine of its gateway since before it was adopted.</summary>
    [Id(29)]
    public bool Claims { get; init; }

    /// <summary><c>date_time</c> of the last QR code, Unix milliseconds.</summary>
    [Id(30)]
    public long? QrEnvelopeMs { get; init; }

    /// <summary>The gateway has (or had) the instance under its present name, as far as Parley was told.</summary>
    [Id(31)]
    public bool IsMade { get; init; }

    /// <summary>Its last sync; null = none yet.</summary>
    [Id(40)]
    public SyncRun? Sync { get; init; }

    /// <summary>Since when it has not been open; null = it is, or never was.</summary>
    [Id(41)]
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>What is still to be read back; null = nothing.</summary>
    [Id(42)]
    public Missed? Missed { get; init; }

    /// <summary>Nobody ever tells that a message of it was sent: that none is acknowledged says nothing.</summary>
    [Id(43)]
    public bool IsUnacknowledged { get; init; }

    /// <summary>Since when it has been on its way to open, however often its connection was lost meanwhile; null = it is not.</summary>
    [Id(44)]
    public DateTimeOffset? ComesUpSince { get; init; }

    /// <summary>
    /// Its last task, where its keeper gave it up; null = it is still tried, or was done. <see cref="NeedsAttention"/> tells the same, but a look
    /// that finds nothing wrong may end that before whoever asked for the task reads it.
    /// </summary>
    [Id(45)]
    public SessionTask? GivenUp { get; init; }

    /// <summary>When it was last known to be heard again, after a time in which webhooks may have been lost; null = there was none.</summary>
    [Id(46)]
    public DateTimeOffset? HeardAgainAt { get; init; }

    /// <summary>Whether Parley may ask its gateway for anything.</summary>
    public bool IsRun => GatewayId is not null;

    /// <summary>How the line is named in conversations: its number, else its session.</summary>
    public Address Line => PhoneNumber ?? Address.OfSession(SessionId);
}
