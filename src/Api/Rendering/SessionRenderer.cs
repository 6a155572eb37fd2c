using System.Text.Json;
using Parley.Api.Http;
using Parley.Api.Resources;
using Parley.Domain.Sessions;
using Parley.Ports;

namespace Parley.Api.Rendering;

/// <summary>Shows sessions.</summary>
internal static class SessionRenderer
{
    public static SessionResource Render(SessionEntry entry, ApiOptions options) => new(
        entry.Session.SessionId,
        entry.Session.GatewayId,
        entry.Session.InstanceName,
        entry.Session.Status,
        entry.Session.DesiredStatus,
        entry.Session.StatusReason,
        entry.Session.NeedsAttention,
        entry.Session.PhoneNumber?.Value,
        new SessionWebhookResource(
            entry.Session.TokenHint is { } hint ? options.WebhookUrl($"****{hint}") : null, entry.LastReceivedAt),
        entry.Session.CreatedAt,
        entry.Session.UpdatedAt,
        entry.Session.ConnectedAt,
        entry.Session.IsAdopted,
        new SessionSettingsResource(entry.Session.Settings.SendsPerMinute, entry.Session.Settings.Receipts),
        entry.Session.Metadata is { } metadata ? JsonSerializer.Deserialize<Dictionary<string, string>>(metadata, Json.Options) : null);

    public static AdminSessionResource RenderForAdmin(SessionEntry entry, ApiOptions options)
    {
        var session = Render(entry, options);
        return new AdminSessionResource(
            entry.TenantId,
            session.SessionId,
            session.GatewayId,
            session.InstanceName,
            session.Status,
            session.DesiredStatus,
            session.StatusReason,
            session.NeedsAttention,
            session.PhoneNumber,
            session.Webhook,
            session.CreatedAt,
            session.UpdatedAt,
            session.ConnectedAt,
            session.Adopted,
            session.Settings,
            session.Metadata);
    }

    public static TransitionResource Render(SessionTransition transition) => new(
        transition.Number, transition.From, transition.To, transition.Reason, transition.Applied, transition.At);
}
