using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Domain.Sessions;
using Parley.Simulator.Histories;
using Parley.Simulator.Scheduling;

namespace Parley.Simulator.Workload;

/// <summary>Makes up histories: few parties, few messages, and every way in which what is told of them can cross.</summary>
internal sealed class ScenarioMaker
{
    public const string Tenant = "acme";
    private static readonly DateTimeOffset Base = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);

    private readonly Dice _dice;
    private readonly Cast _cast;
    private readonly bool _merges;
    private readonly List<Item> _items = [];
    private long _lastMs = 1_000;
    private int _lastId;

    private ScenarioMaker(Dice dice, bool merges)
    {
        _dice = dice;
        _merges = merges || dice.Chance(0.2);
        _cast = new Cast(dice, _merges);
    }

    /// <param name="merges">It is about merges; others are now and then.</param>
    /// <param name="isOrderFree">Leaves out what may end otherwise in another order: an id that came for two persons.</param>
    public static Scenario Make(Dice dice, int crashes, bool isOrderFree = false, bool merges = false)
    {
        var maker = new ScenarioMaker(dice, merges);
        maker.TellNumbers();
        maker.TellPairs();
        var messages = maker._merges ? dice.Between(5, 12) : dice.Between(2, 9);
        for (var i = 0; i < messages; i++)
        {
            maker.TellMessage();
        }

        if (!isOrderFree && dice.Chance(0.1))
        {
            maker.TellOneIdForTwo();
        }

        if (maker._cast.Lines.Count > 1 && dice.Chance(0.4))
        {
            maker.TellBetweenLines();
        }

        return maker.Finish(crashes);
    }

    /// <summary>The same webhooks at other times, without what people do: every order must end in the same.</summary>
    public static Scenario Reorder(Scenario scenario, Dice dice)
    {
        var span = Span(dice);
        return scenario with
        {
            Tellings = [.. dice.Shuffle(scenario.Tellings.Select(t => t with { At = At(dice, span) }))],
            Deeds = [],
            Crashes = [],
        };
    }

    private static int Span(Dice dice) => dice.Below(3) switch { 0 => 20, 1 => 2_000, _ => 30_000 };

    private static TimeSpan At(Dice dice, int span) => TimeSpan.FromMilliseconds(dice.Below(span));

    private void TellNumbers()
    {
        foreach (var line in _cast.Lines.Where(l => l.NumberKnown == NumberKnown.Late))
        {
            foreach (var session in line.Sessions)
            {
                var signal = new SessionSignal { Status = SessionStatus.Open, PhoneNumber = line.Number };
                Tell(session, new SessionObserved(signal), new NumberFact(session, line.Number));
            }
        }
    }

    private void TellPairs()
    {
        foreach (var person in _cast.People.Where(p => p.IsTaught))
        {
            foreach (var lid in person.Lids)
            {
                TellPair(_dice.Pick(_dice.Pick(_cast.Lines).Sessions), new LidPair(lid, person.Phone));
            }
        }
    }

    private void TellMessage()
    {
        var line = _dice.Pick(_cast.Lines);
        if (_cast.Group is { } group && _dice.Chance(0.3))
        {
            TellGroupMessage(line, group);
            return;
        }

        var person = _dice.Pick(_cast.People);
        var message = Observe(_dice.Chance(0.5));
        Deliver(line, message, () => PartyOf(person));
        Change(line, message, () => PartyOf(person));
    }

    private void TellGroupMessage(Line line, Address group)
    {
        var author = _dice.Pick(_cast.People);

        // Every gateway tells one message with the same hidden id, also where the person had another before.
        var writer = author with { Lids = [.. author.Lids.Take(1)] };
        var message = Observe(_dice.Chance(0.3)) with { Group = group };
        for (var i = Deliveries(); i > 0; i--)
        {
            var again = Again(message) with { Author = message.FromMe ? null : PartyOf(writer) };
            Tell(_dice.Pick(line.Sessions), again, session => Fact(again, group, line, session));
        }

        Change(line, message, () => PartyOf(author));
    }

    /// <summary>One gateway id in the conversations of two people who have numbers: the gateway named a wrong person.</summary>
    private void TellOneIdForTwo()
    {
        var (line, session) = (_cast.Lines[0], _cast.Lines[0].Sessions[0]);
        var message = Observe(fromMe: false);
        foreach (var phone in (string[])["491611111100", "491622222200"])
        {
            var again = message with { Peer = Party.Of(Address.Parse(phone)) };
            Tell(session, again, s => Fact(again, again.Peer!.Best!.Value, line, s));
        }
    }

    /// <summary>Two lines of the tenant write to each other: each has a copy of its own, under one gateway id.</summary>
    private void TellBetweenLines()
    {
        var (one, other) = (_cast.Lines[0], _cast.Lines[1]);
        var message = Observe(fromMe: true);
        var sent = message with { Peer = Party.Of(other.Number) };
        var received = message with { Peer = Party.Of(one.Number), FromMe = false, Status = null };
        for (var i = Deliveries(); i > 0; i--)
        {
            Tell(_dice.Pick(one.Sessions), sent, s => Fact(sent, other.Number, one, s));
            Tell(_dice.Pick(other.Sessions), received, s => Fact(received, one.Number, other, s));
        }
    }

    private void Deliver(Line line, MessageObserved message, Func<Party> peer)
    {
        for (var i = Deliveries(); i > 0; i--)
        {
            var session = _dice.Pick(line.Sessions);
            var again = Again(message) with { Peer = peer() };
            Tell(session, again, s => Fact(again, again.Peer!.Best!.Value, line, s));
            if (again.Peer is { Phone: { } phone, Lid: { } lid })
            {
                _items[^1] = _items[^1] with { Also = new LidPair(lid, phone) };
            }
        }
    }

    private void Change(Line line, MessageObserved message, Func<Party> author)
    {
        for (var i = _dice.Below(10) switch { < 3 => 0, < 6 => 1, < 8 => 2, _ => 4 }; i > 0; i--)
        {
            var change = Change(message, author);
            for (var j = _dice.Chance(0.2) ? 2 : 1; j > 0; j--)
            {
                Tell(_dice.Pick(line.Sessions), new ChangeObserved(change), session => new ChangeFact(change, line.NameFor(session)));
            }
        }
    }

    private MessageChange Change(MessageObserved message, Func<Party> author)
    {
        var sent = ++_lastMs * 1_000;
        var at = DateTimeOffset.FromUnixTimeMilliseconds(sent);
        var stamp = new ChangeStamp(sent, null, "gw");
        return _dice.Below(10) switch
        {
            < 5 => new StatusChange
            {
                TargetId = message.ExternalId,
                Stamp = stamp with { SentMs = null },
                At = at,
                Status = _dice.Pick([MessageStatus.Sent, MessageStatus.Delivered, MessageStatus.Read, MessageStatus.Failed]),
            },
            < 7 => new EditChange { TargetId = message.ExternalId, Stamp = stamp, At = at, Text = $"edit {_lastMs}" },
            < 8 => new DeletionChange { TargetId = message.ExternalId, Stamp = stamp, At = at },
            _ => new ReactionChange
            {
                TargetId = message.ExternalId,
                Stamp = stamp,
                At = at,
                From = _dice.Chance(0.3) ? null : author(),
                Emoji = _dice.Pick<string?>(["+", "-", null]),
            },
        };
    }

    private MessageObserved Observe(bool fromMe)
    {
        var id = $"M{++_lastId}";
        return new MessageObserved
        {
            ExternalId = id,
            FromMe = fromMe,
            Content = new MessageContent { Type = MessageType.Text, Text = $"text of {id}" },
            Timestamp = Base.AddSeconds(_dice.Below(1_000)),
            Status = fromMe ? _dice.Pick<MessageStatus?>([null, MessageStatus.Pending, MessageStatus.Sent, MessageStatus.Delivered]) : null,
        };
    }

    /// <summary>One more delivery, which may differ in what may differ.</summary>
    private MessageObserved Again(MessageObserved message) => message with
    {
        Origin = _dice.Below(12) switch { 0 => MessageOrigin.History, 1 => MessageOrigin.Sync, _ => message.Origin },
        Status = message.FromMe && _dice.Chance(0.1) ? MessageStatus.Read : message.Status,
    };

    private Party PartyOf(Person person)
    {
        if (person.Lids.Length == 0)
        {
            return new Party(person.Phone, null);
        }

        var lid = _dice.Pick(person.Lids);
        return _dice.Below(person.IsTaught ? 3 : 2) switch
        {
            0 => new Party(person.Phone, null),
            1 => new Party(null, lid),
            _ => new Party(person.Phone, lid),
        };
    }

    private int Deliveries() => _dice.Below(10) switch { < 5 => 1, < 8 => 2, _ => 3 };

    private static MessageFact Fact(MessageObserved message, Address peer, Line line, string session) => new(
        message.ExternalId,
        message.FromMe ? Direction.Out : Direction.In,
        message.Group is null ? ConversationKind.Direct : ConversationKind.Group,
        peer,
        line.NameFor(session),
        message.Content.Text,
        message.Timestamp,
        message.FromMe ? message.Status ?? MessageStatus.Sent : message.Status == MessageStatus.Read ? MessageStatus.Read : MessageStatus.Delivered,
        message.Origin);

    private void TellPair(string session, LidPair pair) => Tell(session, new PairObserved(pair), new PairFact(pair));

    private void Tell(string session, Observation observation, Fact fact) => _items.Add(new Item(session, observation, fact, null));

    private void Tell(string session, Observation observation, Func<string, Fact> fact) => Tell(session, observation, fact(session));

    private Scenario Finish(int crashes)
    {
        var span = Span(_dice);
        var tellings = ImmutableArray.CreateBuilder<Telling>();
        var waiting = _dice.Shuffle(_items).ToList();
        while (waiting.Count > 0)
        {
            var session = waiting[0].Session;
            var together = waiting.Where(i => i.Session == session).Take(_dice.Below(4) == 0 ? _dice.Between(2, 4) : 1).ToList();
            waiting.RemoveAll(together.Contains);
            tellings.Add(Pack(tellings.Count + 1, session, together, At(_dice, span)));
        }

        return new Scenario(
            _cast,
            tellings.ToImmutable(),
            [.. Deeds(span)],
            [.. Enumerable.Range(0, crashes).Select(_ => At(_dice, span + 1_000))]);
    }

    private Telling Pack(int number, string session, List<Item> items, TimeSpan at)
    {
        var line = _cast.Lines.First(l => l.Sessions.Contains(session));
        var tellsNumber = line.NumberKnown == NumberKnown.Always || (line.NumberKnown == NumberKnown.Late && _dice.Chance(0.15));
        var facts = items.Select(i => i.Fact).Concat(items.Where(i => i.Also is not null).Select(i => new PairFact(i.Also!)));
        if (tellsNumber)
        {
            facts = facts.Append(new NumberFact(session, line.Number));
        }

        var observations = items.Select(i => i.Observation).Concat(items.Where(i => i.Also is not null).Select(i => new PairObserved(i.Also!)));
        var telling = Telling.Of(number, at, Tenant, session, tellsNumber ? line.Number : null, observations, facts);
        return telling with { WaitsForMerge = items.TrueForAll(i => i.Fact is ChangeFact) && _dice.Chance(_merges ? 0.7 : 0.25) };
    }

    private IEnumerable<Deed> Deeds(int span)
    {
        for (var i = _dice.Below(3); i > 0; i--)
        {
            yield return Deed(DeedKind.MarkRead, span);
        }

        if (_dice.Chance(0.15))
        {
            yield return Deed(DeedKind.DeleteTakingOver, span / 4);
        }

        for (var i = _dice.Chance(0.3) ? _dice.Between(1, 2) : 0; i > 0; i--)
        {
            yield return Deed(DeedKind.Delete, span);
        }
    }

    private Deed Deed(DeedKind kind, int span)
    {
        var line = _dice.Pick(_cast.Lines);
        var person = _dice.Pick(_cast.People);
        var named = _dice.Chance(0.5) ? line.Number : Address.OfSession(_dice.Pick(line.Sessions));
        var peer = person.Lids.Length > 0 && _dice.Chance(0.5) ? _dice.Pick(person.Lids) : person.Phone;
        return new Deed(At(_dice, span + 500), kind, Tenant, named, peer);
    }

    private sealed record Item(string Session, Observation Observation, Fact Fact, LidPair? Also);
}
