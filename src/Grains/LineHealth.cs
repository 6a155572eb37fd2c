using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains;

/// <summary>Tells a line that does not work from one that is merely quiet. A gateway may say <c>open</c> of a socket that is dead.</summary>
public sealed class LineHealth(
    ISessionStore sessions,
    IQueries queries,
    IPlaceStore places,
    IWebhookBacklog backlog,
    KeeperOptions options,
    SyncOptions syncs,
    TimeProvider time)
{
    private const int MostSends = 20;

    /// <summary>Older sends tell of another time.</summary>
    private static readonly TimeSpan LooksBack = TimeSpan.FromHours(1);

    private const int MostLines = 50_000;

    private readonly DateTimeOffset _began = time.GetUtcNow();

    /// <summary>Silent lines that were asked a while ago: a quiet night is not to be one of questions.</summary>
    private readonly ExpiringMap<(string Tenant, string Session), bool> _asked = new(time, options.SilentFor, MostLines);

    /// <param name="session">A session that is wanted open, with the state that its gateway has just told.</param>
    /// <returns>What is wrong; null = nothing.</returns>
    public async Task<SessionReport?> Judge(OpenGateway gateway, string tenantId, Session session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var since = session.StateReceivedAt ?? session.UpdatedAt;
        return session.Status switch
        {
            // A person has the next step, or nobody ever paired it.
            SessionStatus.Close when session.ConnectedAt is null || Attention.IsOfLine(session.NeedsAttention) => null,
            SessionStatus.Close when now - since > options.Patience => new SessionReport { Kind = SessionReportKind.Closed, At = now },
            SessionStatus.Connecting when session.ConnectedAt is null || Attention.IsOfLine(session.NeedsAttention) => null,

            // A gateway that loses each connection at once tells so again and again: the last word is always new.
            SessionStatus.Connecting or SessionStatus.Close when now - (session.ComesUpSince ?? since) > options.Patience =>
                Stuck(Attention.CannotConnect, now),
            SessionStatus.Open when await IsZombie(gateway, tenantId, session, now, cancellationToken) => Stuck(Attention.Zombie, now),
            _ => null,
        };
    }

    private async Task<bool> IsZombie(OpenGateway gateway, string tenantId, Session session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var heard = await Heard(tenantId, session, cancellationToken);
        return (!session.IsUnacknowledged && await HasStuckSends(tenantId, session, now, cancellationToken))
            || (now - heard > options.SilentFor
                && now - session.ConnectedAt > options.SilentFor
                && MayAsk(tenantId, session.SessionId)
                && !await Answers(gateway, session, cancellationToken));
    }

    /// <summary>WhatsApp's servers acknowledge at once what reaches them. Groups and gateways that keep nothing show no acks, but webhooks.</summary>
    /// <remarks>What was sent while Parley could not hear says nothing: its acknowledgement may have been told to nobody.</remarks>
    private async Task<bool> HasStuckSends(string tenantId, Session session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var listensSince = ListensSince(session);
        var filter = new MessagesFilter(
            Direction.Out, [MessageStatus.Pending], session.SessionId, Since: now - LooksBack, Until: now - options.StuckAfter);
        var page = await queries.ListMessages(tenantId, filter, new PageRequest(MostSends), cancellationToken);
        var until = page.Rows
            .Where(row => row.Head.Kind == ConversationKind.Direct
                && row.Message.IsNamed
                && row.Message.Timestamp > (session.RestartedAt ?? session.ConnectedAt)
                && row.Message.Timestamp > listensSince)
            .Select(row => row.Message.Timestamp + options.StuckAfter)
            .DefaultIfEmpty(DateTimeOffset.MinValue)
            .Max();
        if (until == DateTimeOffset.MinValue || await IsOutage(now, cancellationToken) || !await backlog.IsDone(until, cancellationToken))
        {
            return false;
        }

        // Only now: what had waited until then is taken in.
        return await Heard(tenantId, session, cancellationToken) < until;
    }

    /// <summary>Since when this line was heard without a gap, as far as is known.</summary>
    private DateTimeOffset ListensSince(Session session) => session.HeardAgainAt > _began ? session.HeardAgainAt.Value : _began;

    /// <summary>Whether nobody takes webhooks at this time, or did lately and not all sessions know of it yet.</summary>
    private async Task<bool> IsOutage(DateTimeOffset now, CancellationToken cancellationToken) =>
        await places.ReadPlace(OutageGrain.Place, cancellationToken) is { } last
        && now - DateTimeOffset.FromUnixTimeMilliseconds(last) > syncs.OutageAfter;

    private async Task<DateTimeOffset> Heard(string tenantId, Session session, CancellationToken cancellationToken) =>
        (await sessions.ReadEntry(tenantId, session.SessionId, cancellationToken))?.LastReceivedAt ?? DateTimeOffset.MinValue;

    private bool MayAsk(string tenantId, string sessionId)
    {
        if (_asked.TryGet((tenantId, sessionId), out _))
        {
            return false;
        }

        _asked.Set((tenantId, sessionId), true);
        return true;
    }

    /// <summary>Asks for the line's own number, which only WhatsApp can answer.</summary>
    private static async Task<bool> Answers(OpenGateway gateway, Session session, CancellationToken cancellationToken)
    {
        if (session.PhoneNumber is not { } number)
        {
            return true;
        }

        try
        {
            await gateway.Gateway.CheckNumbers(gateway.Access, session.InstanceName, [number.Value], cancellationToken);
            return true;
        }
        catch (GatewayException e)
        {
            return e.Fault is not (GatewayFault.Unknown or GatewayFault.NotConnected);
        }
    }

    private static SessionReport Stuck(string code, DateTimeOffset now) => new() { Kind = SessionReportKind.Stuck, At = now, Code = code };
}
