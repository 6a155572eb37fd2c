using Parley.Domain.Addresses;

namespace Parley.Domain.Sessions;

/// <summary>A session that Parley is asked to run: of a new instance, or of one that is there.</summary>
[GenerateSerializer, Immutable, Alias("parley.SessionPlan")]
public sealed record SessionPlan
{
    [Id(0)]
    public required string GatewayId { get; init; }

    /// <summary>Of a new instance: unguessable, by which a repeated call is known for the same.</summary>
    [Id(1)]
    public required string InstanceName { get; init; }

    /// <summary>Digits: asks for a pairing code beside the QR code; null = none.</summary>
    [Id(2)]
    public string? PhoneNumber { get; init; }

    [Id(3)]
    public SessionSettings Settings { get; init; } = SessionSettings.Default;

    /// <summary>What its caller keeps with it: a JSON object as text.</summary>
    [Id(4)]
    public string? Metadata { get; init; }

    /// <summary>The session's own token and what else nobody may see, encrypted; null = it lives on the gateway's global webhook.</summary>
    [Id(5)]
    public string? Secrets { get; init; }

    /// <summary>The id of its webhook token.</summary>
    [Id(6)]
    public string? TokenId { get; init; }

    /// <summary>Its token's last four characters.</summary>
    [Id(7)]
    public string? TokenHint { get; init; }

    /// <summary>Of an adoption: the state as the gateway lists it; null = it says none.</summary>
    [Id(8)]
    public SessionStatus? Status { get; init; }

    /// <summary>Of an adoption: the account that is paired.</summary>
    [Id(9)]
    public Address? Line { get; init; }

    /// <summary>Of an adoption: from when on what was there before is to be brought in; null = not at all.</summary>
    [Id(10)]
    public DateTimeOffset? HistorySince { get; init; }

    /// <summary>Of an adoption: nobody ever tells that a message was sent.</summary>
    [Id(11)]
    public bool IsUnacknowledged { get; init; }
}

/// <summary>An instance in the place of one that is gone: no name is ever used again.</summary>
[GenerateSerializer, Immutable, Alias("parley.FreshInstance")]
public sealed record FreshInstance([property: Id(0)] string InstanceName, [property: Id(1)] string Secrets);
