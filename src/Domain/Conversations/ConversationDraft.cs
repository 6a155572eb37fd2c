using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Domain.Work;

namespace Parley.Domain.Conversations;

/// <summary>
/// The decisions: what commands do to a conversation. Begun from a head, told commands one after another, it ends as one
/// commit. Pure: knows no clock, no store and no task; what must be known of kept messages is handed in.
/// </summary>
public sealed partial class ConversationDraft
{
    private readonly ConversationHead _before;
    private readonly DateTimeOffset _now;
    private readonly Func<Guid> _newId;
    private readonly List<Message> _added = [];
    private readonly Dictionary<long, Message> _changed = [];
    private readonly Dictionary<MessageKey, KnownMessage> _touched = [];
    private readonly List<MovedMessage> _moved = [];
    private readonly List<long> _erased = [];
    private readonly List<AddressPair> _aliases = [];
    private readonly List<long> _unparked = [];
    private readonly List<EventFacts> _events = [];
    private readonly List<WorkItem> _leaves = [];
    private ConversationHead _head;
    private long _messageDelta;

    /// <param name="head">The conversation as it is kept.</param>
    /// <param name="newId">Gives message ids (UUIDv7).</param>
    public ConversationDraft(ConversationHead head, DateTimeOffset now, Func<Guid> newId) =>
        (_before, _head, _now, _newId) = (head, head, now, newId);

    /// <summary>The head as it will be.</summary>
    public ConversationHead Head => _head;

    /// <summary>What this draft makes of messages, by their identity: lies over everything read before it.</summary>
    public IReadOnlyDictionary<MessageKey, KnownMessage> Touched => _touched;

    /// <summary>How many rows its commit will write, roughly.</summary>
    public int Rows => _added.Count + _changed.Count + _moved.Count + _erased.Count + _released.Count + _queued.Count + _dequeued.Count + _events.Count;

    /// <summary>Whether there is anything to commit.</summary>
    public bool HasChanges => _head != _before || Rows > 0 || _unparked.Count > 0 || _leaves.Count > 0;

    /// <summary>A head for a conversation that is not kept yet.</summary>
    public static ConversationHead Begin(string conversationId, ConversationOpening opening, DateTimeOffset now) => new()
    {
        ConversationId = conversationId,
        Kind = opening.Kind,
        Line = opening.Line,
        Contact = opening.Contact,
        Group = opening.Group,
        CreatedAt = now,
    };

    /// <summary>Makes the conversation be found under every pair by which it was looked for, and takes in better addresses.</summary>
    public void Meet(ConversationOpening opening)
    {
        AddAliases(opening.Pairs);
        var line = IsBetterLine(opening.Line) ? opening.Line : _head.Line;
        var contact = IsFromOtherSide(opening.Line, opening.Contact) ? _head.Contact : Better(_head.Contact, opening.Contact);
        if (line != _head.Line || contact != _head.Contact)
        {
            _head = _head with { Line = line, Contact = contact };
            if (_head.EventNumber > 0)
            {
                Raise(new EventFacts { Type = EventType.ConversationUpdated, Number = 0, At = _now });
            }
        }
    }

    /// <summary>Whether the line, named by its session so far, has this number. In a conversation of two own lines the other one tells, too.</summary>
    private bool IsBetterLine(Address line) => _head.Line.Kind == AddressKind.Session
        && line.Kind != AddressKind.Session
        && line.Canonical != _head.ContactAddress.Canonical;

    /// <summary>Whether two own lines that write to each other are told by the other one, whose contact is this line.</summary>
    private bool IsFromOtherSide(Address line, Party? contact) =>
        _head.Kind == ConversationKind.Direct
        && _head.ContactAddress.Canonical != _head.Line.Canonical
        && (line.Canonical == _head.ContactAddress.Canonical || contact?.Phone?.Canonical == _head.Line.Canonical);

    /// <summary>A message was delivered.</summary>
    /// <param name="known">The message of this identity in this conversation; null = none.</param>
    public ItemOutcome Keep(IncomingMessage delivery, KnownMessage? known)
    {
        known = Over(new MessageKey(delivery.Direction, delivery.ExternalId), known);
        if (known is null)
        {
            Add(delivery);
            return ItemOutcome.Kept;
        }

        if (IsDeleted(known))
        {
            return ItemOutcome.Ignored;
        }

        if (MessageRules.IsOthers(known.Message!, delivery))
        {
            return ItemOutcome.OthersMessage;
        }

        var next = MessageRules.Again(known.Message!, delivery, _now);
        UseSession(delivery.SessionId);
        return Replace(known.Message!, next, delivery.SessionId) ? ItemOutcome.Changed : ItemOutcome.Duplicate;
    }

    /// <summary>A message changed. What is parked for it is done with either way.</summary>
    /// <param name="known">The message that changes; null = it is not here, and the change stays parked.</param>
    public ItemOutcome Change(MessageChange change, Direction direction, string sessionId, long? parkedId, KnownMessage? known)
    {
        known = Over(new MessageKey(direction, change.TargetId), known);
        if (known is null or { IsDamaged: true })
        {
            return ItemOutcome.NotHere;
        }

        if (parkedId is { } id)
        {
            _unparked.Add(id);
        }

        if (IsDeleted(known))
        {
            return ItemOutcome.Ignored;
        }

        var next = MessageRules.Apply(known.Message!, change, _now);
        return Replace(known.Message!, next, sessionId) ? ItemOutcome.Changed : ItemOutcome.Duplicate;
    }

    /// <summary>Moves <c>readUpTo</c> forward; never back.</summary>
    /// <param name="unreadAbove">How many messages above <paramref name="upTo"/> count unread.</param>
    public void MarkRead(long upTo, long unreadAbove)
    {
        upTo = Math.Min(upTo, _head.LastSequence);
        if (upTo <= _head.ReadUpTo)
        {
            return;
        }

        _head = _head with { ReadUpTo = upTo, UnreadCount = unreadAbove };
        Raise(new EventFacts { Type = EventType.ConversationRead, Number = 0, At = _now, Sequence = upTo });
    }

    /// <summary>Sets the delete mark at the last sequence; it covers what is still to be taken over.</summary>
    public void Delete()
    {
        CancelSends();
        _messageDelta -= _head.MessageCount;
        _head = _head with
        {
            DeletedUpTo = _head.LastSequence,
            ReadUpTo = _head.LastSequence,
            InboundCount = 0,
            OutboundCount = 0,
            UnreadCount = 0,
            LastMessageSequence = null,
            LastActivityAt = null,
            TakingOver = [.. _head.TakingOver.Select(static t => t with { DeletedUpTo = t.Last })],
        };
        _leaves.Add(new Erase(_head.ConversationId));
        Raise(new EventFacts { Type = EventType.ConversationDeleted, Number = 0, At = _now, Sequence = _head.DeletedUpTo });
    }

    /// <summary>One of the parties has another address: it is found under that too.</summary>
    public void Learn(Address known, Address better)
    {
        AddAliases([.. _head.Aliases.Where(pair => pair.Contains(known)).Select(pair => pair.Replace(known, better))]);
        var head = _head;
        if (head.Line.Canonical == known.Canonical)
        {
            head = head with { Line = better };
        }
        else if (head.Contact?.Lid == known && head.Contact.Phone is null)
        {
            head = head with { Contact = head.Contact with { Phone = better } };
        }
        else if (better.Kind == AddressKind.Lid && head.Contact is { Lid: null } contact && contact.Is(known))
        {
            head = head with { Contact = contact with { Lid = better } };
        }

        if (head != _head)
        {
            _head = head;
            Raise(new EventFacts { Type = EventType.ConversationUpdated, Number = 0, At = _now });
        }
    }

    /// <summary>Whether this conversation stays when it is one with the other: the one with a number does, else the older.</summary>
    public bool StaysBeside(string otherId, bool otherHasPhone, DateTimeOffset otherCreatedAt)
    {
        if (_head.HasPhone != otherHasPhone)
        {
            return _head.HasPhone;
        }

        return _head.CreatedAt != otherCreatedAt
            ? _head.CreatedAt < otherCreatedAt
            : string.CompareOrdinal(_head.ConversationId, otherId) < 0;
    }

    /// <summary>Ends the conversation in favour of another: its last event under this key.</summary>
    public void Seal(string into)
    {
        _head = _head with { MergedInto = into };
        Raise(new EventFacts
        {
            Type = EventType.ConversationSealed,
            Number = 0,
            At = _now,
            From = _head.ConversationId,
            Into = into,
            LastSequence = _head.LastSequence,
        });
    }

    /// <summary>Begins to take over a sealed conversation: from now on it is known under that one's pairs.</summary>
    public void BeginTakeOver(ConversationHead from)
    {
        _head = _head with
        {
            Aliases = [.. _head.Aliases.Union(from.Aliases)],
            SessionIds = [.. _head.SessionIds.Union(from.SessionIds, StringComparer.Ordinal)],
            Contact = IsFromOtherSide(from.Line, from.Contact) ? _head.Contact : Better(_head.Contact, from.Contact),
            Line = IsBetterLine(from.Line) ? from.Line : _head.Line,
            TakingOver = _head.TakingOver.Add(
                new TakeOver(from.ConversationId, 0, from.LastSequence, from.ReadUpTo, from.DeletedUpTo, null)
                {
                    SealedMark = from.DeletedUpTo,
                }),
        };
    }

    /// <summary>Takes over one row of a sealed conversation, under the next sequence.</summary>
    /// <param name="sequence">Its sequence there.</param>
    /// <param name="message">Null when it is a tombstone.</param>
    /// <param name="known">The message of the same identity here; null = none.</param>
    public void Take(string from, long sequence, Message? message, KnownMessage? known)
    {
        var index = IndexOf(from);
        var state = _head.TakingOver[index];
        if (message is null || sequence <= state.DeletedUpTo)
        {
            TakeTombstone(from, sequence);
            if (message is { IsSend: true, IsNamed: false })
            {
                // What waited there was deleted with this conversation, which knew nothing of it then.
                Dequeue(message.Id);
            }

            _messageDelta -= message is not null && sequence > state.SealedMark ? 1 : 0;
        }
        else
        {
            var key = new MessageKey(message.Direction, message.ExternalId);
            known = Over(key, known);
            if (known is null)
            {
                TakeMessage(from, sequence, message, message.CountsUnread && sequence > state.ReadUpTo);
            }
            else if (message.IsSend)
            {
                TakeNamed(from, sequence, message, known);
            }
            else
            {
                _moved.Add(new MovedMessage(from, sequence, null, null));
                _messageDelta--;
                if (message.DeletedAt is null)
                {
                    // It was told of when it was kept: whoever follows the events would show it for ever. It never had a place here.
                    Raise(Facts(EventType.MessageDeleted, message with { UpdatedAt = _now }, message.SessionId) with { Sequence = null });
                }

                if (!IsDeleted(known))
                {
                    // What counted no unread before counts none after, whichever of the two it was.
                    var doubled = message with { CountsUnread = message.CountsUnread && sequence > state.ReadUpTo };
                    Replace(known.Message!, MessageRules.Fold(known.Message!, doubled, _now), message.SessionId);
                }
            }
        }

        _head = _head with { TakingOver = _head.TakingOver.SetItem(index, state with { Done = sequence, FirstSequence = FirstSequence(state) }) };
    }

    /// <summary>Nothing is left to take over from a sealed conversation.</summary>
    public void EndTakeOver(string from)
    {
        var state = _head.TakingOver.First(t => t.From == from);
        _head = _head with { TakingOver = _head.TakingOver.Remove(state) };
        Raise(new EventFacts
        {
            Type = EventType.ConversationMerged,
            Number = 0,
            At = _now,
            From = from,
            Into = _head.ConversationId,
            FirstSequence = state.FirstSequence,
            LastSequence = state.FirstSequence is null ? null : _head.LastSequence,
        });
    }

    /// <summary>Turns messages under the delete mark into tombstones.</summary>
    /// <param name="upTo">The last sequence that was looked at.</param>
    public void EraseMessages(IEnumerable<long> sequences, long upTo)
    {
        _erased.AddRange(sequences);
        _head = _head with { ErasedUpTo = Math.Max(_head.ErasedUpTo, upTo) };
    }

    /// <summary>Turns a message that is kept in two conversations into a tombstone here.</summary>
    public void DropDouble(Message message)
    {
        _erased.Add(message.Sequence);
        _touched[new MessageKey(message.Direction, message.ExternalId)] = new KnownMessage(message.Sequence, null);
        Count(message, -1);
        if (_head.LastMessageSequence == message.Sequence)
        {
            _head = _head with { LastMessageSequence = null };
        }

        Raise(Facts(EventType.MessageDeleted, message with { UpdatedAt = _now }, message.SessionId));
    }

    /// <summary>A to-do that the commit leaves.</summary>
    public void Leave(WorkItem item) => _leaves.Add(item);

    public ConversationCommit ToCommit(string tenantId)
    {
        ForgetUnknown();
        _head = _head with { Version = _before.Version + 1 };
        return new ConversationCommit
        {
            TenantId = tenantId,
            Head = _head,
            VisibleDelta = (_head.IsVisible ? 1 : 0) - (_before.IsVisible ? 1 : 0),
            MessageDelta = _messageDelta,
            Added = [.. _added],
            Changed = [.. _changed.Values],
            Moved = [.. _moved],
            Erased = [.. _erased],
            Released = [.. _released],
            Queued = [.. _queued.Values],
            Dequeued = [.. _dequeued],
            Aliases = [.. _aliases],
            Unparked = [.. _unparked.Distinct()],
            Events = [.. _events],
            Leaves = [.. _leaves],
        };
    }

    private void Add(IncomingMessage delivery)
    {
        if (_head.LastSequence == 0 && _head.EventNumber == 0)
        {
            Raise(new EventFacts { Type = EventType.ConversationCreated, Number = 0, At = _now, SessionId = delivery.SessionId });
        }

        var message = MessageRules.Open(delivery, _newId(), _head.LastSequence + 1, _now);
        Append(message);
        _added.Add(message);
        _messageDelta++;
        UseSession(delivery.SessionId);
        Raise(Facts(EventType.MessageCreated, message, delivery.SessionId) with { Current = message.Status });
    }

    private Message TakeMessage(string from, long sequence, Message message, bool countsUnread)
    {
        var moved = message with
        {
            Sequence = _head.LastSequence + 1,
            MergedFrom = new MergedFrom(from, sequence),
            CountsUnread = countsUnread,
            UpdatedAt = _now,
        };
        Append(moved);
        _moved.Add(new MovedMessage(from, sequence, moved, moved.Sequence));
        TakeSend(moved);
        return moved;
    }

    /// <summary>
    /// A send stays the message that it is: whoever asked for it has its id, and would send it again if it were gone. The copy that is here
    /// already, by an echo that found its way first, gives its gateway id up.
    /// </summary>
    private void TakeNamed(string from, long sequence, Message send, KnownMessage known)
    {
        if (IsDeleted(known) || known.Message!.IsSend)
        {
            TakeTombstone(from, sequence);
            _messageDelta--;
            return;
        }

        var moved = TakeMessage(from, sequence, send, countsUnread: false);
        Replace(moved, Absorb(moved, known), send.SessionId);
    }

    private void TakeTombstone(string from, long sequence)
    {
        var place = _head.LastSequence + 1;
        _head = _head with { LastSequence = place };
        _moved.Add(new MovedMessage(from, sequence, null, place));
    }

    /// <summary>Gives a message the next place, and counts it.</summary>
    private void Append(Message message)
    {
        _touched[new MessageKey(message.Direction, message.ExternalId)] = new KnownMessage(message.Sequence, message);
        var latest = _head.LastActivityAt is not { } last || message.Timestamp >= last;
        _head = _head with
        {
            LastSequence = message.Sequence,
            LastMessageSequence = latest ? message.Sequence : _head.LastMessageSequence,
            LastActivityAt = latest ? message.Timestamp : _head.LastActivityAt,
        };
        Count(message, 1);
    }

    private void Count(Message message, int by)
    {
        _head = message.Direction == Direction.In
            ? _head with { InboundCount = _head.InboundCount + by }
            : _head with { OutboundCount = _head.OutboundCount + by };
        if (IsUnread(message))
        {
            _head = _head with { UnreadCount = _head.UnreadCount + by };
        }

        if (by < 0)
        {
            _messageDelta += by;
        }
    }

    /// <summary>Puts a message's new state in the place of the one before.</summary>
    /// <returns>False when they are the same.</returns>
    private bool Replace(Message before, Message next, string sessionId)
    {
        if (ReferenceEquals(before, next))
        {
            return false;
        }

        _touched[new MessageKey(next.Direction, next.ExternalId)] = new KnownMessage(next.Sequence, next);
        var added = _added.FindIndex(m => m.Sequence == next.Sequence);
        var moved = added >= 0 ? -1 : _moved.FindIndex(m => m.Sequence == next.Sequence);
        if (added >= 0)
        {
            _added[added] = next;
        }
        else if (moved >= 0)
        {
            _moved[moved] = _moved[moved] with { Message = next };
        }
        else
        {
            _changed[next.Sequence] = next;
        }

        _head = _head with { UnreadCount = _head.UnreadCount + (IsUnread(next) ? 1 : 0) - (IsUnread(before) ? 1 : 0) };
        if (next.Timestamp > before.Timestamp && next.Sequence > _head.DeletedUpTo && !(_head.LastActivityAt > next.Timestamp))
        {
            // A send counts as of the time that the gateway gave it, which may be later than that of what came since.
            _head = _head with { LastMessageSequence = next.Sequence, LastActivityAt = next.Timestamp };
        }
        else if (next.Timestamp < before.Timestamp && next.Sequence == _head.LastMessageSequence && MessageRules.HasLocalTime(before))
        {
            // Until then it counted as of this machine's clock, which may be ahead, and knows milliseconds.
            _head = _head with { LastActivityAt = next.Timestamp };
        }

        RaiseDifference(before, next, sessionId);
        return true;
    }

    private void RaiseDifference(Message before, Message next, string sessionId)
    {
        var raised = _events.Count;
        if (next.Status != before.Status)
        {
            Raise(Facts(EventType.MessageStatusChanged, next, sessionId) with { Previous = before.Status, Current = next.Status });
        }

        if (next.DeletedAt is not null && before.DeletedAt is null)
        {
            Raise(Facts(EventType.MessageDeleted, next, sessionId));
        }
        else if (!MessageView.HasSameEdits(before, next))
        {
            Raise(Facts(EventType.MessageEdited, next, sessionId));
        }

        if (!MessageView.HasSameReactions(before, next))
        {
            Raise(Facts(EventType.MessageReaction, next, sessionId));
        }

        if (_events.Count == raised && !MessageView.IsSame(before, next))
        {
            Raise(Facts(EventType.MessageUpdated, next, sessionId));
        }
    }

    private static EventFacts Facts(string type, Message message, string sessionId) => new()
    {
        Type = type,
        Number = 0,
        At = message.UpdatedAt,
        SessionId = sessionId,
        MessageId = message.Id,
        Sequence = message.Sequence,
        Origin = message.Origin,
    };

    private void Raise(EventFacts facts)
    {
        _head = _head with { EventNumber = _head.EventNumber + 1 };
        _events.Add(facts with { Number = _head.EventNumber });
    }

    private KnownMessage? Over(MessageKey key, KnownMessage? read) => _touched.GetValueOrDefault(key) ?? read;

    private bool IsDeleted(KnownMessage known) => known.Message is null || known.Sequence <= _head.DeletedUpTo;

    private bool IsUnread(Message message) =>
        message.CountsUnread && message.Status < MessageStatus.Read && message.Sequence > _head.ReadUpTo;

    private void UseSession(string sessionId)
    {
        if (!_head.SessionIds.Contains(sessionId, StringComparer.Ordinal))
        {
            _head = _head with { SessionIds = _head.SessionIds.Add(sessionId) };
        }
    }

    private void AddAliases(ImmutableArray<AddressPair> pairs)
    {
        foreach (var pair in pairs)
        {
            if (!_head.Aliases.Contains(pair))
            {
                _head = _head with { Aliases = _head.Aliases.Add(pair) };
                _aliases.Add(pair);
            }
        }
    }

    private int IndexOf(string from) =>
        _head.TakingOver.IndexOf(_head.TakingOver.First(t => t.From == from));

    private long? FirstSequence(TakeOver state) =>
        state.FirstSequence ?? (_moved.Find(m => m.From == state.From && m.Sequence is not null)?.Sequence);

    /// <summary>What is known of a person, with what another naming adds; a number is never replaced here.</summary>
    private static Party? Better(Party? known, Party? other)
    {
        if (known is null || other is null)
        {
            return known ?? other;
        }

        var phone = known.Phone ?? other.Phone;
        var lid = known.Lid ?? other.Lid;
        return phone == known.Phone && lid == known.Lid ? known : new Party(phone, lid);
    }
}
