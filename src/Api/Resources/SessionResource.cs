using System.ComponentModel.DataAnnotations;
using Parley.Api.Endpoints;
using Parley.Domain.Sessions;

namespace Parley.Api.Resources;

/// <summary>A WhatsApp line, as one gateway instance runs it.</summary>
/// <param name="Adopted">Its instance was there before Parley.</param>
/// <param name="NeedsAttention">A code of what a person must do; null = nothing.</param>
internal sealed record SessionResource(
    string SessionId,
    string? GatewayId,
    string InstanceName,
    SessionStatus Status,
    SessionStatus? DesiredStatus,
    string? StatusReason,
    string? NeedsAttention,
    string? PhoneNumber,
    SessionWebhookResource Webhook,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ConnectedAt,
    bool Adopted,
    SessionSettingsResource Settings,
    IReadOnlyDictionary<string, string>? Metadata);

/// <param name="Url">The session's own webhook address, its token but the end left out; null where it has none (the tenant's or the
/// gateway's serves it).</param>
internal sealed record SessionWebhookResource(string? Url, DateTimeOffset? LastReceivedAt);

/// <summary>A session with its tenant.</summary>
internal sealed record AdminSessionResource(
    string TenantId,
    string SessionId,
    string? GatewayId,
    string InstanceName,
    SessionStatus Status,
    SessionStatus? DesiredStatus,
    string? StatusReason,
    string? NeedsAttention,
    string? PhoneNumber,
    SessionWebhookResource Webhook,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? ConnectedAt,
    bool Adopted,
    SessionSettingsResource Settings,
    IReadOnlyDictionary<string, string>? Metadata);

/// <summary>One change of a session's state.</summary>
/// <param name="Applied">False when it came too late to count.</param>
internal sealed record TransitionResource(
    long Number, SessionStatus? From, SessionStatus To, string? Reason, bool Applied, DateTimeOffset At);

/// <param name="SendsPerMinute">How many messages leave within a minute, spread out; null = as the installation says.</param>
/// <param name="Receipts">Whether marking a conversation read shows blue ticks to the customer.</param>
internal sealed record SessionSettingsResource([property: Range(1, 600)] int? SendsPerMinute = null, bool Receipts = false);

/// <param name="SessionId">Never given again, also after the session is deleted.</param>
/// <param name="GatewayId">May be left out where there is exactly one gateway.</param>
/// <param name="PhoneNumber">Asks for a pairing code beside the QR code.</param>
/// <param name="Metadata">Given back with the session: at most 50 names, 4,096 characters in all.</param>
internal sealed record CreateSessionRequest(
    [property: RegularExpression(SessionEndpoints.IdPattern)] string SessionId,
    string? GatewayId = null,
    string? PhoneNumber = null,
    SessionSettingsResource? Settings = null,
    IReadOnlyDictionary<string, string>? Metadata = null);

/// <summary>What is left out stays as it is.</summary>
internal sealed record UpdateSessionRequest(SessionSettingsChange? Settings = null, IReadOnlyDictionary<string, string>? Metadata = null);

/// <param name="PhoneNumber">Asks for a pairing code beside the QR code.</param>
internal sealed record ConnectRequest(string? PhoneNumber = null);

/// <param name="PairingCode">Eight characters to type on the phone; null = none (yet).</param>
/// <param name="ExpiresAt">Until when the codes live; null = there are none (yet).</param>
internal sealed record ConnectResource(SessionStatus Status, string? PairingCode, DateTimeOffset? ExpiresAt);

/// <param name="Code">The text of the QR code.</param>
internal sealed record QrResource(string? Code, string? PairingCode, DateTimeOffset ExpiresAt);

/// <summary>No code yet.</summary>
internal sealed record QrPendingResource(SessionStatus Status);

/// <param name="Numbers">1 to 100 numbers in any spelling.</param>
internal sealed record NumberChecksRequest([property: MinLength(1), MaxLength(100)] IReadOnlyList<string> Numbers);

/// <param name="Number">As it was asked.</param>
/// <param name="Address">The account's address as WhatsApp has it; null when there is none.</param>
internal sealed record NumberCheckResource(string Number, bool Exists, string? Address);

internal sealed record NumberChecksResource(IReadOnlyList<NumberCheckResource> Data);

/// <param name="To">A number, a group or a hidden id.</param>
internal sealed record PresenceRequest(string To, PresenceState State);

internal enum PresenceState
{
    Composing,
    Recording,
    Paused,
    Available,
    Unavailable,
}
