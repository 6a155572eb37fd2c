using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Simulator.Histories;
using Parley.Simulator.Scheduling;
using Parley.Simulator.Workload;

namespace Parley.Simulator.WhatsApp;

/// <summary>Tells what a line wrote, through its gateway or on the phone: at once, late, twice, in the gateway's list, or
/// never; and how it fared.</summary>
/// <param name="told">All that is told; what is told here is put to it.</param>
/// <param name="post">Posts a webhook until it is answered.</param>
internal sealed class EchoTeller(Dice dice, SeededScheduler scheduler, List<Telling> told, Func<Telling, Task> post)
{
    private readonly List<Task> _posts = [];
    private long _lastReceiptMs;

    public bool IsDone => _posts.TrueForAll(p => p.IsCompleted);

    /// <param name="byApi">It was sent through the gateway, not typed on the phone.</param>
    public void Tell(Order order, string externalId, DateTimeOffset at, bool byApi)
    {
        for (var i = byApi ? dice.Below(10) switch { 0 => 0, < 6 => 1, < 9 => 2, _ => 3 } : dice.Between(1, 2); i > 0; i--)
        {
            TellMessage(order, externalId, at, byApi);
        }

        for (var i = byApi ? dice.Below(3) : 0; i > 0; i--)
        {
            var sent = at.AddMilliseconds(++_lastReceiptMs);
            var change = new StatusChange
            {
                TargetId = externalId,
                Stamp = new ChangeStamp(null, null, "gw"),
                At = sent,
                Status = dice.Pick([MessageStatus.Sent, MessageStatus.Delivered, MessageStatus.Read]),
            };
            Post(order, [new ChangeObserved(change)], [new ChangeFact(change, order.Line.NameFor(order.SessionId))]);
        }
    }

    private void TellMessage(Order order, string externalId, DateTimeOffset at, bool byApi)
    {
        var peer = order.Person is null ? null : PeerOf(order);
        var origin = dice.Below(8) switch { 0 => MessageOrigin.Sync, 1 => MessageOrigin.History, _ => MessageOrigin.Live };
        var observed = new MessageObserved
        {
            ExternalId = externalId,
            FromMe = true,
            Group = order.Person is null ? order.To : null,
            Peer = peer,
            Content = new MessageContent { Type = MessageType.Text, Text = order.Text },
            Timestamp = at,
            ByApi = byApi,
            Origin = origin,
        };
        var fact = new MessageFact(
            externalId,
            Direction.Out,
            order.Person is null ? ConversationKind.Group : ConversationKind.Direct,
            peer?.Best ?? order.To,
            order.Line.NameFor(order.SessionId),
            order.Text,
            at,
            byApi ? MessageStatus.Pending : MessageStatus.Sent,
            origin);
        if (peer is { Phone: { } phone, Lid: { } lid })
        {
            var pair = new LidPair(lid, phone);
            Post(order, [observed, new PairObserved(pair)], [fact, new PairFact(pair)]);
        }
        else
        {
            Post(order, [observed], [fact]);
        }
    }

    /// <summary>The person by any of its addresses, where it is told that they are one; else by the one that the order names.</summary>
    private Party PeerOf(Order order)
    {
        if (order.Person is not { IsTaught: true, Lids.Length: > 0 } person)
        {
            return Party.Of(order.To);
        }

        var lid = dice.Pick(person.Lids);
        return dice.Below(3) switch
        {
            0 => new Party(person.Phone, null),
            1 => new Party(null, lid),
            _ => new Party(person.Phone, lid),
        };
    }

    private void Post(Order order, Observation[] observations, Fact[] facts)
    {
        var delay = TimeSpan.FromMilliseconds(dice.Below(10) switch { < 3 => 0, < 6 => dice.Below(50), < 9 => dice.Below(3_000), _ => dice.Below(200_000) });
        Address? line = order.Line.NumberKnown == NumberKnown.Always ? order.Line.Number : null;
        var telling = Telling.Of(told.Count + 1, delay, ScenarioMaker.Tenant, order.SessionId, line, observations, facts);
        told.Add(telling);
        _posts.Add(scheduler.World.Run(() => post(telling)));
    }
}
