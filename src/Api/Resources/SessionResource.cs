using Parley.Domain.Sessions;

namespace Parley.Api.Resources;

/// <summary>A WhatsApp line, as one gateway instance runs it.</summary>
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
    DateTimeOffset? ConnectedAt);

/// <param name="Url">The session's own webhook address; null while it has none (a tenant's token serves all its sessions, and
/// tokens are shown once).</param>
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
    DateTimeOffset? ConnectedAt);

/// <summary>One change of a session's state.</summary>
/// <param name="Applied">False when it came too late to count.</param>
internal sealed record TransitionResource(
    long Number, SessionStatus? From, SessionStatus To, string? Reason, bool Applied, DateTimeOffset At);
