using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Ingest;

/// <summary>Messages that must be there, because a receipt, a quote, a reaction or an edit names them, and are not.</summary>
public sealed class MissingMessages(
    IParkingLot parking, ISessionStore sessions, Gateways gateways, WebhookIntake intake, TimeProvider time)
{
    /// <summary>So long what names a message may be ahead of it.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>Sessions of a conversation that are looked through, the last ones.</summary>
    private const int MostSessions = 3;

    /// <summary>What is parked of a session, as far as it is looked through.</summary>
    private const int MostParked = 500;
    private const int MostShown = 50;

    /// <summary>How many messages of a session one sweep asks for.</summary>
    private const int MostAsked = 50;

    /// <returns>Gateway ids that are suspected missing in a conversation, at most 50.</returns>
    public async Task<IReadOnlyList<string>> Suspected(string tenantId, ConversationHead head, CancellationToken cancellationToken)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sessionId in head.SessionIds.TakeLast(MostSessions))
        {
            var parked = await parking.ListParked(tenantId, sessionId, MostParked, cancellationToken);
            ids.UnionWith(parked.Where(p => IsOverdue(p) && IsIn(head, p.Change.Chat)).Select(static p => p.Change.TargetId));
        }

        return [.. ids.Take(MostShown)];
    }

    /// <summary>Asks the gateways for the messages that parked changes wait for. What they have is kept as it would have been.</summary>
    public async Task Ask(string tenantId, IEnumerable<ParkedChange> parked, CancellationToken cancellationToken)
    {
        foreach (var group in parked.Where(IsOverdue).GroupBy(static p => p.SessionId, StringComparer.Ordinal))
        {
            if (await sessions.ReadSession(tenantId, group.Key, cancellationToken) is { Status: SessionStatus.Open, GatewayId: { } gatewayId } session
                && await gateways.Open(gatewayId, cancellationToken) is { } gateway)
            {
                await Ask(tenantId, session, gateway, group.Select(static p => p.Change.TargetId).Distinct(StringComparer.Ordinal).Take(MostAsked), cancellationToken);
            }
        }
    }

    private async Task Ask(
        string tenantId, Session session, OpenGateway gateway, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var id in ids)
            {
                var page = await gateway.Gateway.ReadMessages(
                    gateway.Access, session.InstanceName, new MessagesQuery(null, null, id), cancellationToken);
                if (page.Reading.Items.Count > 0)
                {
                    await intake.Sync(tenantId, session, page.Reading, cancellationToken);
                }
            }
        }
        catch (GatewayException)
        {
            // The next sweep asks again, for as long as the changes wait.
        }
    }

    private bool IsOverdue(ParkedChange parked) => time.GetUtcNow() - parked.Change.At > Ahead;

    private static bool IsIn(ConversationHead head, Address? chat) =>
        chat is { } address && (head.Group == address || head.Contact?.Is(address) == true);
}
