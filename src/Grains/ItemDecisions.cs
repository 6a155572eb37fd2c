using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Domain.Sends;
using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>What a delivery or a change does to one conversation, by what was read and what was committed here since.</summary>
/// <remarks>Nothing is awaited here: between the first look at the memory and the draft nothing else runs.</remarks>
internal sealed class ItemDecisions(string conversationId, RecentMessages recent)
{
    private static readonly Direction[] Directions = [Direction.In, Direction.Out];

    public ItemReply Decide(ConversationDraft draft, ConversationItem item, MessageLookup lookup)
    {
        if (item is ChangeItem change)
        {
            var key = new MessageKey(change.Direction, change.ExternalId);
            return new ItemReply(draft.Change(change.Change, change.Direction, change.SessionId, change.ParkedId, Here(lookup, key)));
        }

        var keep = (KeepItem)item;
        var message = keep.Message;
        var identity = new MessageKey(message.Direction, message.ExternalId);
        var known = Here(lookup, identity);
        if (Elsewhere(lookup, message) is { } other)
        {
            if (known is null && !draft.Touched.ContainsKey(identity))
            {
                return other.Message is null
                    ? new ItemReply(ItemOutcome.Ignored)
                    : new ItemReply(ItemOutcome.Elsewhere, other.ConversationId);
            }

            if (other.Message is not null && known?.Message is not null)
            {
                draft.Leave(new Meet(message.ExternalId));
            }
        }

        var isNamed = known is null && !keep.IsNoEcho && !draft.Touched.ContainsKey(identity) && BecomeSend(draft, message, lookup);
        var outcome = draft.Keep(message, known);
        ApplyParked(draft, message.ExternalId, lookup);

        // Nothing was here under its id before, so it is kept as any new one: what came for it meanwhile is looked for.
        return new ItemReply(isNamed ? ItemOutcome.Kept : outcome);
    }

    /// <summary>Whether it is a delivery of which its call has read nothing: it was new then, whoever has kept it since.</summary>
    public bool IsUnread(ConversationItem item, MessageLookup lookup) =>
        item is KeepItem { Message: var message }
        && !lookup.Messages.Any(kept => kept.ConversationId == conversationId && kept.ExternalId == message.ExternalId && kept.Direction == message.Direction);

    /// <summary>An own message that nobody knows may be the one send of this content whose outcome is unknown: then it has that id now.</summary>
    private bool BecomeSend(ConversationDraft draft, IncomingMessage message, MessageLookup lookup)
    {
        if (message.Direction == Direction.Out
            && draft.FindUnknown(message) is { } send
            && Here(lookup, new MessageKey(Direction.Out, Message.UnsentId(send.MessageId))) is { Message: { } queued } known
            && !EchoRules.IsFromBefore(message, queued.CreatedAt))
        {
            draft.Accept(send, known, new SendReport(message.ExternalId, message.Timestamp, message.Status), null);
            return true;
        }

        return false;
    }

    /// <summary>Applies what is parked for a message of this draft, as far as this conversation's copy is meant.</summary>
    public void ApplyParked(ConversationDraft draft, string externalId, MessageLookup lookup)
    {
        foreach (var parked in lookup.Parked)
        {
            if (parked.Change.TargetId == externalId && DirectionHere(draft, parked, lookup) is { } direction)
            {
                draft.Change(parked.Change, direction, parked.SessionId, parked.Id, Here(lookup, new MessageKey(direction, externalId)));
            }
        }
    }

    /// <summary>What is parked for messages that this conversation has.</summary>
    public IEnumerable<ChangeItem> Parked(MessageLookup lookup)
    {
        foreach (var parked in lookup.Parked)
        {
            if (DirectionHere(null, parked, lookup) is { } direction)
            {
                yield return new ChangeItem(parked.Change, parked.SessionId, direction, parked.Id);
            }
        }
    }

    /// <summary>The message of an identity in this conversation: what was committed here lies over what was read.</summary>
    public KnownMessage? Here(MessageLookup lookup, MessageKey key)
    {
        if (recent.Find(key) is { } committed)
        {
            return committed;
        }

        KnownMessage? found = null;
        foreach (var kept in lookup.Messages)
        {
            if (kept.ConversationId == conversationId && kept.ExternalId == key.ExternalId && kept.Direction == key.Direction
                && (found is null || kept.Message is not null))
            {
                found = new KnownMessage(kept.Sequence, kept.Message, kept.IsDamaged);
            }
        }

        return found;
    }

    /// <summary>The copy that this line already has in another conversation; a readable one before a tombstone.</summary>
    public KeptMessage? Elsewhere(MessageLookup lookup, IncomingMessage message)
    {
        var line = message.Direction == Direction.In ? message.To : message.From;
        KeptMessage? found = null;
        foreach (var kept in lookup.Messages)
        {
            if (kept.ConversationId != conversationId && kept.ExternalId == message.ExternalId && kept.Direction == message.Direction
                && ChangeTarget.IsOfLine(kept, message.SessionId, line, lookup.Lines)
                && (found is null || kept.Message is not null))
            {
                found = kept;
            }
        }

        return found;
    }

    /// <summary>The direction of this conversation's message that a parked change is about; null when another's is meant.</summary>
    private Direction? DirectionHere(ConversationDraft? draft, ParkedChange parked, MessageLookup lookup)
    {
        var id = parked.Change.TargetId;
        var copies = lookup.Messages.Where(m => m.ExternalId == id && m.ConversationId != conversationId).Concat(Copies(draft, id, lookup));
        var target = ChangeTarget.Choose(copies, parked.SessionId, parked.Change.Line, lookup.Lines);
        return target?.ConversationId == conversationId ? target.Direction : null;
    }

    /// <summary>This conversation's own messages with a gateway id, as they now are.</summary>
    private IEnumerable<KeptMessage> Copies(ConversationDraft? draft, string externalId, MessageLookup lookup)
    {
        foreach (var direction in Directions)
        {
            var key = new MessageKey(direction, externalId);
            if ((draft?.Touched.GetValueOrDefault(key) ?? Here(lookup, key)) is { } known)
            {
                yield return new KeptMessage(conversationId, known.Sequence, known.Message?.Id ?? Guid.Empty, externalId, direction, known.Message);
            }
        }
    }
}
