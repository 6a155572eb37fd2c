using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Own messages that may be the echo of a send: they wait until the gateway's answer names it, or until it is clear that none comes.</summary>
/// <remarks>An echo is parked before its send is looked for a last time, and a send is settled before parked echoes are looked for:
/// whichever comes second finds the other.</remarks>
public sealed class Echoes
{
    private const int MostAtOnce = 200;

    private readonly ISendQueue _queue;
    private readonly IConversationStore _store;
    private readonly MessageRouter _router;
    private readonly Work _work;
    private readonly TimeProvider _time;

    internal Echoes(ISendQueue queue, IConversationStore store, MessageRouter router, Work work, TimeProvider time) =>
        (_queue, _store, _router, _work, _time) = (queue, store, router, work, time);

    /// <summary>Parks those deliveries that may be the echo of a send that is leaving at this moment: told by a webhook, or found in the
    /// gateway's list.</summary>
    /// <param name="line">The line as the payload names it.</param>
    /// <returns>The deliveries that are parked, durably.</returns>
    internal async Task<IReadOnlySet<RoutedMessage>> Park(
        string tenantId, Address line, IReadOnlyList<RoutedMessage> messages, CancellationToken cancellationToken)
    {
        var parked = new HashSet<RoutedMessage>(ReferenceEqualityComparer.Instance);
        var own = messages.Where(static m => m.Message.Direction == Direction.Out).ToList();
        if (own.Count == 0)
        {
            return parked;
        }

        var leaving = (await _queue.ListLeaving(tenantId, line.Canonical, cancellationToken)).ToLookup(static s => s.Fingerprint, StringComparer.Ordinal);
        own.RemoveAll(m => leaving.Count == 0
            || leaving[SendFingerprint.Of(m.Message.Content)].All(send => EchoRules.IsFromBefore(m.Message, send.Since)));
        if (own.Count == 0)
        {
            return parked;
        }

        var known = await Known(tenantId, own.Select(static m => m.Message.ExternalId), cancellationToken);
        foreach (var routed in own.Where(m => !known.Contains(m.Message.ExternalId)))
        {
            var echo = new ParkedEcho(line.Canonical, line, routed.Message, routed.Contact, routed.Group, _time.GetUtcNow());
            await _queue.ParkEcho(tenantId, echo, cancellationToken);
            parked.Add(routed);
        }

        if (parked.Count > 0)
        {
            await Release(tenantId, line, cancellationToken);
        }

        return parked;
    }

    /// <summary>Keeps the parked echoes of a line for which nothing is leaving any more, as what they turned out to be.</summary>
    public async Task Release(string tenantId, Address line, CancellationToken cancellationToken)
    {
        var echoes = await _queue.ListEchoes(tenantId, line.Canonical, MostAtOnce, cancellationToken);
        if (echoes.Count == 0)
        {
            return;
        }

        // After the list: what is parked later is looked at by whoever parks it.
        var leaving = (await _queue.ListLeaving(tenantId, line.Canonical, cancellationToken)).ToLookup(static s => s.Fingerprint, StringComparer.Ordinal);
        var known = await Known(tenantId, echoes.Select(static e => e.Echo.Message.ExternalId), cancellationToken);
        var free = echoes
            .Where(e => known.Contains(e.Echo.Message.ExternalId)
                || leaving[SendFingerprint.Of(e.Echo.Message.Content)].All(send => EchoRules.LeftAfter(send.Since, e.Echo.ParkedAt)))
            .ToList();

        // Several that could be one send's, and no answer to tell them apart: none is.
        var alike = free
            .Where(e => !known.Contains(e.Echo.Message.ExternalId))
            .GroupBy(static e => (e.Echo.Contact, e.Echo.Group, SendFingerprint.Of(e.Echo.Message.Content)))
            .Where(static g => g.Select(static e => e.Echo.Message.ExternalId).Distinct(StringComparer.Ordinal).Count() > 1)
            .SelectMany(static g => g.Select(static e => e.Id))
            .ToHashSet();
        var left = false;
        foreach (var (id, echo) in free)
        {
            var routed = new RoutedMessage(0, echo.Message, echo.Contact, echo.Group, IsNoEcho: alike.Contains(id));
            left |= await _router.Keep(tenantId, echo.NamedLine, [routed], static (_, _) => { }, cancellationToken);
            await _queue.RemoveEcho(tenantId, id, cancellationToken);
        }

        if (left)
        {
            await _work.Wake(tenantId);
        }
    }

    private async Task<HashSet<string>> Known(string tenantId, IEnumerable<string> externalIds, CancellationToken cancellationToken)
    {
        var lookup = await _store.LookUp(tenantId, externalIds.ToHashSet(StringComparer.Ordinal), cancellationToken);
        return lookup.Messages
            .Where(static m => m.Direction == Direction.Out)
            .Select(static m => m.ExternalId!)
            .ToHashSet(StringComparer.Ordinal);
    }
}
