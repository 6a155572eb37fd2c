using Parley.Api.Resources;
using Parley.Domain.Sessions;
using Parley.Ports;

namespace Parley.Api.Rendering;

/// <summary>Shows sessions.</summary>
internal static class SessionRenderer
{
    public static SessionResource Render(SessionEntry entry) => new(
        entry.Session.SessionId,
        entry.Session.GatewayId,
        entry.Session.InstanceName,
        entry.Session.Status,
        entry.Session.DesiredStatus,
        entry.Session.StatusReason,
        entry.Session.NeedsAttention,
        entry.Session.PhoneNumber?.Value,
        new SessionWebhookResource(null, entry.LastReceivedAt),
        entry.Session.CreatedAt,
        entry.Session.UpdatedAt,
        entry.Session.ConnectedAt);

    public static AdminSessionResource RenderForAdmin(SessionEntry entry)
    {
        var session = Render(entry);
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
            session.ConnectedAt);
    }

    public static TransitionResource Render(SessionTransition transition) => new(
        transition.Number, transition.From, transition.To, transition.Reason, transition.Applied, transition.At);
}
