using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;

namespace Parley.Storage.Contract;

/// <summary>A conversation as its owner knows it, making commits. It takes every commit that it makes for done.</summary>
public sealed class Talk
{
    private readonly TimeProvider _time;
    private readonly SortedDictionary<long, Message> _messages = [];
    private long _messageDelta;
    private bool _wasVisible;

    public Talk(string tenantId, int contact, TimeProvider time)
        : this(tenantId, Party.Of(Address.Parse($"55119{80_000_000 + contact}")), time)
    {
    }

    public Talk(string tenantId, Party contact, TimeProvider time, string line = "5511900000000")
    {
        _time = time;
        TenantId = tenantId;
        var lineAddress = Address.Parse(line);
        var other = contact.Best ?? throw new ArgumentException("Nobody.", nameof(contact));
        Head = new ConversationHead
        {
            ConversationId = ConversationId.Of(lineAddress, other),
            Kind = other.Kind == AddressKind.Group ? ConversationKind.Group : ConversationKind.Direct,
            Line = lineAddress,
            Contact = other.Kind == AddressKind.Group ? null : contact,
            Group = other.Kind == AddressKind.Group ? other : null,
            Aliases = [AddressPair.Of(lineAddress, other)],
            SessionIds = ["shop-1"],
            CreatedAt = time.GetUtcNow(),
        };
    }

    public string TenantId { get; }

    public ConversationHead Head { get; private set; }

    public string Id => Head.ConversationId;

    /// <summary>All that is kept, by sequence; tombstones are not in it.</summary>
    public IReadOnlyDictionary<long, Message> Messages => _messages;

    /// <summary>What readers see.</summary>
    public IEnumerable<Message> Visible => _messages.Values.Where(message => message.Sequence > Head.DeletedUpTo);

    /// <summary>One more message.</summary>
    public ConversationCommit Say(
        string? externalId = null,
        Direction direction = Direction.In,
        DateTimeOffset? timestamp = null,
        MessageContent? content = null,
        MessageStatus status = MessageStatus.Delivered,
        string sessionId = "shop-1") =>
        Add(NewMessage(externalId, direction, timestamp, content, status, sessionId));

    /// <summary>A message with the next sequence.</summary>
    public Message NewMessage(
        string? externalId = null,
        Direction direction = Direction.In,
        DateTimeOffset? timestamp = null,
        MessageContent? content = null,
        MessageStatus status = MessageStatus.Delivered,
        string sessionId = "shop-1",
        int ahead = 0)
    {
        var now = _time.GetUtcNow();
        var sequence = Head.LastSequence + 1 + ahead;
        return new Message
        {
            Id = Ids.Next(now),
            ExternalId = externalId ?? $"{Id}/{sequence}",
            Sequence = sequence,
            Direction = direction,
            Origin = MessageOrigin.Live,
            Status = status,
            SessionId = sessionId,
            From = direction == Direction.In ? Head.ContactAddress : Head.Line,
            To = direction == Direction.In ? Head.Line : Head.ContactAddress,
            Content = content ?? new MessageContent { Type = MessageType.Text, Text = $"Message {sequence}" },
            Timestamp = timestamp ?? now,
            CreatedAt = now,
            UpdatedAt = now,
            CountsUnread = direction == Direction.In,
        };
    }

    public ConversationCommit Add(params Message[] messages)
    {
        var isNew = Head.Version == 0;
        foreach (var message in messages)
        {
            Keep(message);
        }

        var events = Tell(messages);
        return Next() with { Added = [.. messages], Aliases = isNew ? Head.Aliases : [], Events = events };
    }

    /// <summary>Kept messages as they now are.</summary>
    public ConversationCommit Change(params Message[] messages)
    {
        foreach (var message in messages)
        {
            _messages[message.Sequence] = message;
        }

        var events = Tell(messages);
        return Next() with { Changed = [.. messages], Events = events };
    }

    /// <summary>A change of the head alone.</summary>
    public ConversationCommit Set(Func<ConversationHead, ConversationHead> change)
    {
        Head = change(Head);
        return Next();
    }

    /// <summary>The delete mark at the last sequence.</summary>
    public ConversationCommit Delete()
    {
        var gone = Visible.Count();
        Head = Head with { DeletedUpTo = Head.LastSequence };
        _messageDelta -= gone;
        return Next();
    }

    /// <summary>Tombstones.</summary>
    public ConversationCommit Erase(params long[] sequences)
    {
        foreach (var sequence in sequences)
        {
            _messages.Remove(sequence);
        }

        return Next() with { Erased = [.. sequences] };
    }

    /// <summary>Messages or tombstones give up their gateway ids.</summary>
    public ConversationCommit Release(params long[] sequences)
    {
        foreach (var sequence in sequences)
        {
            _messageDelta -= _messages.Remove(sequence) ? 1 : 0;
        }

        return Next() with { Released = [.. sequences] };
    }

    /// <summary>A message takes the gateway id of another, which gives it up.</summary>
    public ConversationCommit TakeId(Message taking, long from)
    {
        var commit = Release(from);
        _messages[taking.Sequence] = taking;
        return commit with { Changed = [taking] };
    }

    /// <summary>Takes over a message of a sealed conversation.</summary>
    public ConversationCommit Take(Talk from, long sequence)
    {
        var moved = from._messages[sequence] with
        {
            Sequence = Head.LastSequence + 1,
            MergedFrom = new MergedFrom(from.Id, sequence),
        };
        from._messages.Remove(sequence);
        Keep(moved);
        _messageDelta = 0;
        return Next() with { Moved = [new MovedMessage(from.Id, sequence, moved, moved.Sequence)] };
    }

    /// <summary>Takes over a tombstone's place.</summary>
    public ConversationCommit TakeTombstone(string from, long sequence)
    {
        Head = Head with { LastSequence = Head.LastSequence + 1 };
        return Next() with { Moved = [new MovedMessage(from, sequence, null, Head.LastSequence)] };
    }

    /// <summary>Drops a double.</summary>
    public ConversationCommit DropDouble(string from, long sequence) =>
        Next() with { Moved = [new MovedMessage(from, sequence, null, null)] };

    private void Keep(Message message)
    {
        _messages.Add(message.Sequence, message);
        _messageDelta++;
        Head = Head with { LastSequence = message.Sequence };
    }

    private ConversationCommit Next()
    {
        var last = Visible.OrderBy(message => message.Timestamp).ThenBy(message => message.Sequence).LastOrDefault();
        Head = Head with
        {
            Version = Head.Version + 1,
            InboundCount = Visible.Count(message => message.Direction == Direction.In),
            OutboundCount = Visible.Count(message => message.Direction == Direction.Out),
            UnreadCount = Visible.Count(message =>
                message is { CountsUnread: true, Status: < MessageStatus.Read } && message.Sequence > Head.ReadUpTo),
            LastMessageSequence = last?.Sequence,
            LastActivityAt = last?.Timestamp ?? Head.LastActivityAt,
        };
        var commit = new ConversationCommit
        {
            TenantId = TenantId,
            Head = Head,
            VisibleDelta = (Head.IsVisible ? 1 : 0) - (_wasVisible ? 1 : 0),
            MessageDelta = _messageDelta,
        };
        _messageDelta = 0;
        _wasVisible = Head.IsVisible;
        return commit;
    }

    private ImmutableArray<EventFacts> Tell(Message[] messages)
    {
        var now = _time.GetUtcNow();
        var number = Head.EventNumber;
        ImmutableArray<EventFacts> events =
        [
            .. messages.Select(message => new EventFacts
            {
                Type = EventType.MessageCreated,
                Number = ++number,
                At = now,
                SessionId = message.SessionId,
                MessageId = message.Id,
                Sequence = message.Sequence,
                Current = message.Status,
            }),
        ];
        Head = Head with { EventNumber = number };
        return events;
    }
}
