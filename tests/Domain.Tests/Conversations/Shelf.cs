using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;

namespace Parley.Domain.Tests.Conversations;

/// <summary>What a store would have of one conversation.</summary>
internal sealed class Shelf
{
    /// <summary>Rows by sequence; null = a tombstone.</summary>
    public SortedDictionary<long, Message?> Rows { get; } = [];

    /// <summary>Gateway ids of tombstones, which a store keeps hashed.</summary>
    public Dictionary<MessageKey, long> Tombstones { get; } = [];

    public List<EventFacts> Events { get; } = [];

    public ConversationHead? Head { get; set; }

    public IEnumerable<Message> Messages => Rows.Values.OfType<Message>();

    /// <summary>Messages that readers see.</summary>
    public IEnumerable<Message> Visible => Messages.Where(m => m.Sequence > (Head?.DeletedUpTo ?? 0));

    public bool IsDeleted(MessageKey key) =>
        Find(key) is { } known && (known.Message is null || known.Sequence <= Head!.DeletedUpTo);

    public KnownMessage? Find(MessageKey key)
    {
        var message = Messages.FirstOrDefault(m => m.Direction == key.Direction && m.ExternalId == key.ExternalId);
        return message is not null ? new KnownMessage(message.Sequence, message)
            : Tombstones.TryGetValue(key, out var sequence) ? new KnownMessage(sequence, null)
            : null;
    }
}
