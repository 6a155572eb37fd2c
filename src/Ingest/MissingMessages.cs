using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Ingest;

/// <summary>Messages that must be there, because a receipt, a quote, a reaction or an edit names them, and are not.</summary>
public sealed class MissingMessages(
    IParkingLot parking, ISessionStore sessions, Gateways gateways, WebhookIntake intake, IntakeOptions options, TimeProvider time)
{
    /// <summary>Sessions of a conversation that are looked through, the last ones.</summary>
    private const int MostSessions = 3;

    /// <summary>What is parked of a session, as far as it is looked through.</summary>
    private const int MostParked = 500;
    private const int MostShown = 50;

    /// <summary>How many messages of a session one sweep asks for.</summary>
    private const int MostAsked = 50;

    /// <summary>As long as parked changes are kept, unless that is set otherwise: what is forgotten here is only asked for anew.</summary>
    private static readonly TimeSpan RemembersAsked = TimeSpan.FromDays(7);
    private const int MostRemembered = 100_000;

    /// <summary>When ids were asked for last, by a number that grows: those that a gateway cannot give leave room for the others.</summary>
    private readonly ExpiringMap<(string Tenant, string Session, string Id), long> _asked = new(time, RemembersAsked, MostRemembered);
    private long _turn;

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
                var ids = group.Select(static p => p.Change.TargetId).Distinct(StringComparer.Ordinal)
                    .OrderBy(id => _asked.TryGet((tenantId, session.SessionId, id), out var turn) ? turn : 0)
                    .Take(MostAsked)
                    .ToList();
                await Ask(tenantId, session, gateway, ids, cancellationToken);
            }
        }
    }

    private async Task Ask(
        string tenantId, Session session, OpenGateway gateway, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var id in ids)
            {
                // Before it is asked: one on which the gateway fails each time must not keep those behind it from their turn.
                _asked.Set((tenantId, session.SessionId, id), Interlocked.Increment(ref _turn));
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

    private bool IsOverdue(ParkedChange parked) => time.GetUtcNow() - parked.Change.At > options.MissingAfter;

    private static bool IsIn(ConversationHead head, Address? chat) =>
        chat is { } address && (head.Group == address || head.Contact?.Is(address) == true);
}
