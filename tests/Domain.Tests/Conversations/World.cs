using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Tests.Messages;

namespace Parley.Domain.Tests.Conversations;

/// <summary>The conversations of one tenant as plain tables. Every commit is held against a recount of all of it.</summary>
internal sealed class World
{
    private readonly Dictionary<string, Shelf> _shelves = [];
    private readonly Dictionary<(string Conversation, string ExternalId), List<MessageChange>> _parked = [];
    private DateTimeOffset _now = Sample.Start.AddDays(1);
    private long _visibleConversations;
    private long _messageCount;

    public IEnumerable<Shelf> Shelves => _shelves.Values;

    /// <summary>False once something happened after which the last message is only known by a read.</summary>
    public bool KnowsLastMessage { get; set; } = true;

    public Shelf this[string id] => _shelves.TryGetValue(id, out var shelf) ? shelf : _shelves[id] = new Shelf();

    public static ConversationOpening Opening(string id) => new(
        ConversationKind.Direct,
        Sample.Line,
        id == "hidden" ? new Party(null, Address.Parse("100000000000011@lid")) : Party.Of(Address.Parse("5511987650001")),
        null,
        [AddressPair.Of(Sample.Line, Address.Parse(id == "hidden" ? "100000000000011@lid" : "5511987650001"))]);

    public ItemOutcome Keep(string id, IncomingMessage delivery)
    {
        var draft = Draft(id, Opening(id));
        var outcome = draft.Keep(delivery, this[id].Find(new MessageKey(delivery.Direction, delivery.ExternalId)));
        foreach (var change in _parked.GetValueOrDefault((id, delivery.ExternalId)) ?? [])
        {
            draft.Change(change, delivery.Direction, delivery.SessionId, 1, this[id].Find(new MessageKey(delivery.Direction, change.TargetId)));
        }

        _parked.Remove((id, delivery.ExternalId));
        Commit(id, draft);
        return outcome;
    }

    /// <summary>Applies a change to the message in a conversation, or parks it.</summary>
    public ItemOutcome Change(string id, Direction direction, MessageChange change)
    {
        if (this[id].Head is null)
        {
            Park(id, change);
            return ItemOutcome.NotHere;
        }

        var draft = Draft(id);
        var outcome = draft.Change(change, direction, "shop", null, this[id].Find(new MessageKey(direction, change.TargetId)));
        if (outcome == ItemOutcome.NotHere)
        {
            Park(id, change);
        }

        Commit(id, draft);
        return outcome;
    }

    public void Tell(string id, Action<ConversationDraft> command)
    {
        if (this[id].Head is not null)
        {
            var draft = Draft(id);
            command(draft);
            Commit(id, draft);
        }
    }

    public void MarkRead(string id, long upTo) => Tell(id, draft =>
    {
        var above = this[id].Messages.LongCount(m => m.Sequence > upTo && m.CountsUnread && m.Status < MessageStatus.Read);
        draft.MarkRead(upTo, above);
    });

    public void Erase(string id, int page) => Tell(id, draft =>
    {
        var under = this[id].Rows.Where(r => r.Key > draft.Head.ErasedUpTo && r.Key <= draft.Head.DeletedUpTo).Take(page).ToList();
        if (under.Count > 0)
        {
            draft.EraseMessages(under.Where(static r => r.Value is not null).Select(static r => r.Key), under[^1].Key);
        }
    });

    /// <summary>Takes over one page of a sealed conversation.</summary>
    /// <returns>True when nothing is left.</returns>
    public bool TakeOver(string into, string from, int page)
    {
        var rows = this[from].Rows.Take(page).ToList();
        var begun = this[into].Head!.TakingOver.Any(t => t.From == from);
        if (!begun && rows.Count == 0)
        {
            return true;
        }

        Tell(into, draft =>
        {
            if (!begun)
            {
                draft.BeginTakeOver(this[from].Head!);
            }

            foreach (var (sequence, message) in rows)
            {
                draft.Take(from, sequence, message, message is null ? null : this[into].Find(new MessageKey(message.Direction, message.ExternalId)));
            }

            if (rows.Count < page)
            {
                draft.EndTakeOver(from);
            }
        });
        return rows.Count < page;
    }

    private ConversationDraft Draft(string id, ConversationOpening? opening = null)
    {
        _now = _now.AddSeconds(1);
        var draft = new ConversationDraft(this[id].Head ?? ConversationDraft.Begin(id, opening!, _now), _now, Guid.NewGuid);
        if (opening is not null)
        {
            draft.Meet(opening);
        }

        return draft;
    }

    private void Park(string id, MessageChange change)
    {
        var key = (id, change.TargetId);
        if (!_parked.TryGetValue(key, out var parked))
        {
            _parked[key] = parked = [];
        }

        parked.Add(change);
    }

    private void Commit(string id, ConversationDraft draft)
    {
        if (!draft.HasChanges)
        {
            return;
        }

        var commit = draft.ToCommit("acme");
        var shelf = this[id];
        var before = shelf.Head;
        Assert.Equal((before?.Version ?? 0) + 1, commit.Head.Version);
        Assert.True(commit.Head.ReadUpTo >= (before?.ReadUpTo ?? 0), "readUpTo moved back");
        Assert.Null(before?.MergedInto);
        Place(shelf, commit, before?.LastSequence ?? 0);
        foreach (var facts in commit.Events)
        {
            Assert.Equal(shelf.Events.Count + 1, facts.Number);
            shelf.Events.Add(facts);
        }

        Assert.Equal(shelf.Events.Count, commit.Head.EventNumber);
        shelf.Head = commit.Head;
        _visibleConversations += commit.VisibleDelta;
        _messageCount += commit.MessageDelta;
        Recount();
    }

    private void Place(Shelf shelf, ConversationCommit commit, long last)
    {
        var places = new List<long>();
        foreach (var message in commit.Added)
        {
            places.Add(message.Sequence);
            shelf.Rows.Add(message.Sequence, message);
        }

        foreach (var moved in commit.Moved)
        {
            var row = this[moved.From].Rows[moved.FromSequence];
            Assert.True(this[moved.From].Rows.Remove(moved.FromSequence));
            if (moved.Sequence is not { } place)
            {
                continue;
            }

            places.Add(place);
            shelf.Rows.Add(place, moved.Message);
            if (moved.Message is { } message)
            {
                Assert.Equal(row!.Id, message.Id);
                Assert.Equal(new MergedFrom(moved.From, moved.FromSequence), message.MergedFrom);
            }
            else
            {
                Bury(shelf, row, place);
            }
        }

        places.Sort();
        Assert.Equal(Enumerable.Range(0, places.Count).Select(i => last + 1 + i), places);
        Assert.Equal(last + places.Count, commit.Head.LastSequence);
        foreach (var message in commit.Changed)
        {
            Assert.Equal(shelf.Rows[message.Sequence]!.Id, message.Id);
            shelf.Rows[message.Sequence] = message;
        }

        foreach (var sequence in commit.Erased)
        {
            Bury(shelf, shelf.Rows[sequence], sequence);
            shelf.Rows[sequence] = null;
        }
    }

    private static void Bury(Shelf shelf, Message? message, long sequence)
    {
        if (message is not null)
        {
            shelf.Tombstones[new MessageKey(message.Direction, message.ExternalId)] = sequence;
        }
    }

    private void Recount()
    {
        foreach (var shelf in _shelves.Values.Where(static s => s.Head is { MergedInto: null }))
        {
            var head = shelf.Head!;
            Assert.Equal(head.LastSequence, shelf.Rows.Count);
            Assert.Equal(shelf.Visible.LongCount(static m => m.Direction == Direction.In), head.InboundCount);
            Assert.Equal(shelf.Visible.LongCount(static m => m.Direction == Direction.Out), head.OutboundCount);
            Assert.Equal(
                shelf.Visible.LongCount(m => m.CountsUnread && m.Status < MessageStatus.Read && m.Sequence > head.ReadUpTo), head.UnreadCount);
            Assert.True(head.ReadUpTo <= head.LastSequence);
            Assert.Equal(shelf.Messages.Count(), shelf.Messages.DistinctBy(static m => (m.Direction, m.ExternalId)).Count());
            if (KnowsLastMessage)
            {
                var last = shelf.Visible.OrderBy(static m => m.Timestamp).ThenBy(static m => m.Sequence).LastOrDefault();
                Assert.Equal(last?.Timestamp, head.LastActivityAt);
                Assert.Equal(last?.Sequence, head.LastMessageSequence);
            }
        }

        Assert.Equal(_shelves.Values.Count(static s => s.Head is { IsVisible: true }), _visibleConversations);
        Assert.Equal(_shelves.Values.Sum(static s => (long)s.Visible.Count()), _messageCount);
    }
}
