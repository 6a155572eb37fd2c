using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Ports;

namespace Parley.Simulator.Checking;

/// <summary>What is durable after some steps of a history, of one tenant.</summary>
internal sealed class Replica
{
    public Dictionary<string, KeptConversation> Conversations { get; } = new(StringComparer.Ordinal);

    public Dictionary<AddressPair, string> Pairs { get; } = [];

    public Dictionary<Address, HashSet<Address>> Numbers { get; } = [];

    public Dictionary<long, ParkedChange> Parked { get; } = [];

    /// <summary>What is queued or leaving.</summary>
    public Dictionary<Guid, QueuedSend> Queue { get; } = [];

    /// <summary>Own messages that wait until it is clear whether they are sends.</summary>
    public Dictionary<long, ParkedEcho> Echoes { get; } = [];

    /// <summary>What WhatsApp got from the gateway, in that order, and where it was then.</summary>
    public List<Sent> Sent { get; } = [];

    /// <summary>Gateway ids that answers brought to their makers, by message.</summary>
    public Dictionary<Guid, string> Heard { get; } = [];

    /// <summary>Messages of which somebody was told that they do not leave.</summary>
    public HashSet<Guid> Cancelled { get; } = [];

    public Dictionary<string, Session> Sessions { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, List<KeptRow>> ByExternalId { get; } = new(StringComparer.Ordinal);

    /// <summary>Messages that a commit kept whose caller had given up: nobody looks any more whether another conversation has them.</summary>
    public HashSet<Guid> KeptLate { get; } = [];

    /// <summary>Changes that were parked when their caller had given up: only the sweep looks for their messages.</summary>
    public HashSet<long> ParkedLate { get; } = [];

    /// <summary>How far a sealed conversation was covered by a deletion of the one that was taking it over.</summary>
    public Dictionary<string, long> Covered { get; } = new(StringComparer.Ordinal);

    /// <summary>The events that commits made, in order of their numbers, by conversation or session.</summary>
    public Dictionary<string, List<EventFacts>> Events { get; } = new(StringComparer.Ordinal);

    /// <summary>How many of them the log has; null = no relay has numbered any yet.</summary>
    public Dictionary<string, int>? Numbered { get; set; }

    /// <summary>The last position of the log.</summary>
    public long LogPosition { get; set; }

    public long VisibleTotal { get; set; }

    public long MessageTotal { get; set; }

    public IReadOnlyList<KeptRow> Find(string externalId) => ByExternalId.GetValueOrDefault(externalId) ?? [];

    /// <summary>Whether a row is gone for every reader: a tombstone, under its conversation's mark, or under the mark of the one that is
    /// taking it over.</summary>
    public bool IsDeleted(KeptRow row)
    {
        if (row.Message is null)
        {
            return true;
        }

        var head = Conversations[row.ConversationId].Head;
        var into = head.MergedInto is null ? null : AnswerRules.Follow(this, row.ConversationId)?.Head;
        var covered = into?.TakingOver.FirstOrDefault(t => t.From == row.ConversationId)?.DeletedUpTo ?? 0;
        return row.Sequence <= Math.Max(head.DeletedUpTo, covered);
    }

    /// <summary>The row of a message; null = there is none.</summary>
    public KeptRow? FindById(Guid messageId) =>
        Conversations.Values.SelectMany(c => c.Rows.Values).FirstOrDefault(row => row.MessageId == messageId);

    public void Insert(KeptRow row)
    {
        Conversations[row.ConversationId].Rows[row.Sequence] = row;
        if (!ByExternalId.TryGetValue(row.ExternalId, out var rows))
        {
            ByExternalId.Add(row.ExternalId, rows = []);
        }

        rows.Add(row);
    }

    public void Remove(KeptRow row)
    {
        Conversations[row.ConversationId].Rows.Remove(row.Sequence);
        ByExternalId[row.ExternalId].Remove(row);
    }

    public void Replace(KeptRow row, KeptRow by)
    {
        Remove(row);
        Insert(by);
    }
}

/// <summary>A conversation as it is kept.</summary>
internal sealed class KeptConversation
{
    public required ConversationHead Head { get; set; }

    public SortedDictionary<long, KeptRow> Rows { get; } = [];

    public IEnumerable<KeptRow> Living => Rows.Values.Where(row => row.Sequence > Head.DeletedUpTo && row.Message is not null);
}

/// <summary>A row as it is kept.</summary>
/// <param name="Message">Null when it is a tombstone.</param>
/// <param name="UnderMark">It is a tombstone because a conversation was deleted.</param>
internal sealed record KeptRow(
    string ConversationId,
    long Sequence,
    Guid MessageId,
    string ExternalId,
    Direction Direction,
    Message? Message,
    bool UnderMark = false)
{
    /// <summary>In the place of the gateway id of a row that gave its own up: nothing is found by it.</summary>
    public static string Released(Guid messageId) => $"released:{messageId:N}";

    public override string ToString() => $"{ConversationId} #{Sequence} {Direction} {ExternalId}{(Message is null ? " (tombstone)" : "")}";
}

/// <summary>A message that WhatsApp got.</summary>
/// <param name="ConversationId">Where it was kept then; null = nowhere.</param>
/// <param name="IsLate">The gateway took it after it had said otherwise.</param>
internal sealed record Sent(Guid MessageId, string ExternalId, string? ConversationId, long Sequence, bool IsLate);
