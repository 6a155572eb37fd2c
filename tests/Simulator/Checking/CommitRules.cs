using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;

namespace Parley.Simulator.Checking;

/// <summary>What must hold of every commit of a conversation, given what was durable before it.</summary>
internal static class CommitRules
{
    /// <summary>Checks the commit and lays it over the replica.</summary>
    public static void Take(Replica replica, ConversationCommit commit, Action<string, string> report)
    {
        var id = commit.Head.ConversationId;
        var name = $"{id} version {commit.Head.Version}";
        void Say(string rule, string text) => report(rule, $"{name}: {text}");

        var before = replica.Conversations.GetValueOrDefault(id)?.Head;
        CheckHead(before, commit.Head, Say);
        if (before is null)
        {
            replica.Conversations.Add(id, new KeptConversation { Head = commit.Head });
        }

        CheckSeal(replica, before, commit.Head, Say);
        foreach (var covered in commit.Head.DeletedUpTo > (before?.DeletedUpTo ?? 0) ? commit.Head.TakingOver.Union(before?.TakingOver ?? []) : [])
        {
            replica.Covered[covered.From] = covered.Last;
        }

        var kept = replica.Conversations[id];
        EventRules.Check(before, kept, replica, commit, Say);
        CheckSequences(before?.LastSequence ?? 0, commit, Say);
        CheckAliases(replica, commit, Say);
        Release(replica, kept, commit, Say);
        Add(replica, commit, Say);
        Change(replica, kept, before, commit, Say);
        Move(replica, kept, commit, Say);
        ReleaseNew(replica, kept, commit);
        Erase(replica, kept, commit, Say);
        kept.Head = commit.Head;
        replica.VisibleTotal += commit.VisibleDelta;
        replica.MessageTotal += commit.MessageDelta;
        foreach (var parked in commit.Unparked)
        {
            replica.Parked.Remove(parked);
        }

        SendRules.Commit(replica, kept, commit, Say);
        CheckCounts(kept, Say);
    }

    private static void CheckHead(ConversationHead? before, ConversationHead after, Action<string, string> say)
    {
        if (after.Version != (before?.Version ?? 0) + 1)
        {
            say(Rules.Version, $"it follows version {before?.Version ?? 0}.");
        }

        if (before is null)
        {
            return;
        }

        if (before.MergedInto is not null)
        {
            say(Rules.AfterSeal, $"it was sealed in favour of {before.MergedInto} before.");
        }

        if (after.ReadUpTo < before.ReadUpTo || after.DeletedUpTo < before.DeletedUpTo || after.ErasedUpTo < before.ErasedUpTo
            || after.DeletedUpTo > after.LastSequence || after.ReadUpTo > after.LastSequence || after.ErasedUpTo > after.DeletedUpTo)
        {
            say(Rules.Marks, $"read {before.ReadUpTo} -> {after.ReadUpTo}, deleted {before.DeletedUpTo} -> {after.DeletedUpTo}, "
                + $"erased {before.ErasedUpTo} -> {after.ErasedUpTo}, last {after.LastSequence}.");
        }
    }

    /// <summary>The one with a number stays, and none is sealed that is still taking over.</summary>
    private static void CheckSeal(Replica replica, ConversationHead? before, ConversationHead after, Action<string, string> say)
    {
        if (after.MergedInto is not { } into || before?.MergedInto is not null)
        {
            return;
        }

        if (after.HasPhone && replica.Conversations.GetValueOrDefault(into)?.Head.HasPhone != true)
        {
            say(Rules.WhoStays, $"it has a number and goes into {into}, which has none.");
        }

        if (!after.TakingOver.IsEmpty)
        {
            say(Rules.WhoStays, $"it is sealed while it takes over {after.TakingOver[0].From}.");
        }
    }

    private static void CheckSequences(long last, ConversationCommit commit, Action<string, string> say)
    {
        var given = commit.Added.Select(m => m.Sequence)
            .Concat(commit.Moved.Where(m => m.Sequence is not null).Select(m => m.Sequence!.Value))
            .Order()
            .ToList();
        for (var i = 0; i < given.Count; i++)
        {
            if (given[i] != last + 1 + i)
            {
                say(Rules.Sequence, $"it gives {string.Join(", ", given)} after {last}.");
                return;
            }
        }

        if (commit.Head.LastSequence != last + given.Count)
        {
            say(Rules.Sequence, $"its last sequence is {commit.Head.LastSequence}, not {last + given.Count}.");
        }
    }

    private static void CheckAliases(Replica replica, ConversationCommit commit, Action<string, string> say)
    {
        foreach (var pair in commit.Aliases)
        {
            if (replica.Pairs.TryGetValue(pair, out var other) && other != commit.Head.ConversationId)
            {
                say(Rules.Alias, $"{pair} led to {other}.");
            }

            replica.Pairs[pair] = commit.Head.ConversationId;
        }
    }

    /// <summary>What gives its id up was kept, and is told to be gone if anybody could see it.</summary>
    private static void Release(Replica replica, KeptConversation kept, ConversationCommit commit, Action<string, string> say)
    {
        foreach (var row in commit.Released.Select(kept.Rows.GetValueOrDefault).OfType<KeptRow>())
        {
            var isSeen = row.Message is not null && row.Sequence > kept.Head.DeletedUpTo;
            if (isSeen && !commit.Events.Any(e => e.Type == EventType.MessageDeleted && e.MessageId == row.MessageId))
            {
                say(Rules.EventMissing, $"{row} is gone without an event.");
            }

            if (!commit.Changed.Any(m => m.ExternalId == row.ExternalId && m.Direction == row.Direction && m.Sequence != row.Sequence)
                && !commit.Moved.Any(m => m.Message is { } message && message.ExternalId == row.ExternalId && message.Direction == row.Direction))
            {
                say(Rules.Lost, $"{row} gives its id up for nothing.");
            }

            replica.Replace(row, Empty(row));
        }
    }

    /// <summary>What comes with the commit and gives its id up at once.</summary>
    private static void ReleaseNew(Replica replica, KeptConversation kept, ConversationCommit commit)
    {
        foreach (var row in commit.Released.Select(kept.Rows.GetValueOrDefault).OfType<KeptRow>().Where(r => r.Message is not null))
        {
            replica.Replace(row, Empty(row));
        }
    }

    private static KeptRow Empty(KeptRow row) => row with { Message = null, ExternalId = KeptRow.Released(row.MessageId) };

    private static void Add(Replica replica, ConversationCommit commit, Action<string, string> say)
    {
        var id = commit.Head.ConversationId;
        foreach (var message in commit.Added)
        {
            foreach (var row in replica.Find(message.ExternalId).Where(r => r.ConversationId == id && r.Direction == message.Direction))
            {
                say(row.Message is null ? Rules.Tombstone : Rules.Doubled, $"{message.ExternalId} is kept already: {row}.");
            }

            if (message.Direction == Direction.In && message.CountsUnread == (message.Origin == MessageOrigin.History))
            {
                say(Rules.Unread, $"#{message.Sequence} of origin {message.Origin} counts unread: {message.CountsUnread}.");
            }

            replica.Insert(new KeptRow(id, message.Sequence, message.Id, message.ExternalId, message.Direction, message));
        }
    }

    private static void Change(
        Replica replica, KeptConversation kept, ConversationHead? before, ConversationCommit commit, Action<string, string> say)
    {
        foreach (var message in commit.Changed.Where(m => !commit.Released.Contains(m.Sequence)))
        {
            if (!kept.Rows.TryGetValue(message.Sequence, out var row))
            {
                say(Rules.Renumbered, $"#{message.Sequence} changed, which is not there.");
                continue;
            }

            if (row.Message is not { } was)
            {
                say(Rules.Tombstone, $"{row} changed.");
                replica.Replace(row, row with { Message = message });
                continue;
            }

            var isNamed = !was.IsNamed && message.IsNamed;
            if (isNamed)
            {
                SendRules.CheckName(replica, was, message, say);
            }

            if (message.Id != row.MessageId || (!isNamed && message.ExternalId != row.ExternalId) || message.Direction != row.Direction)
            {
                say(Rules.Renumbered, $"#{message.Sequence} was {row.ExternalId} and is {message.ExternalId}.");
            }

            // One that left before it was deleted gets its id all the same, so that its copies stay known.
            if (!isNamed && message.Sequence <= (before?.DeletedUpTo ?? 0))
            {
                say(Rules.Tombstone, $"{row} changed under the delete mark {before!.DeletedUpTo}.");
            }

            CheckForward(row.ToString(), was, message, say);
            replica.Replace(row, row with { Message = message, ExternalId = message.ExternalId });
        }
    }

    private static void CheckForward(string name, Message was, Message now, Action<string, string> say)
    {
        if (now.Status < was.Status)
        {
            say(Rules.StatusBack, $"{name} was {was.Status} and is {now.Status}.");
        }

        if (IsLater(was.Times.SentAt, now.Times.SentAt) || IsLater(was.Times.DeliveredAt, now.Times.DeliveredAt)
            || IsLater(was.Times.ReadAt, now.Times.ReadAt) || (now.Timestamp > was.Timestamp && !(was.IsSend && was.Timestamp == was.CreatedAt)) || now.CreatedAt != was.CreatedAt)
        {
            say(Rules.Times, $"{name}: {was.Times}, {was.Timestamp:O} became {now.Times}, {now.Timestamp:O}.");
        }
    }

    private static bool IsLater(DateTimeOffset? was, DateTimeOffset? now) => was is not null && (now is null || now > was);

    private static void Move(Replica replica, KeptConversation kept, ConversationCommit commit, Action<string, string> say)
    {
        foreach (var moved in commit.Moved)
        {
            if (!replica.Conversations.TryGetValue(moved.From, out var from) || !from.Rows.TryGetValue(moved.FromSequence, out var row))
            {
                say(Rules.Moved, $"#{moved.FromSequence} of {moved.From} is not there.");
                continue;
            }

            if (AnswerRules.Follow(replica, moved.From)?.Head.ConversationId != commit.Head.ConversationId)
            {
                say(Rules.Moved, $"{row} is taken from a conversation that goes into '{from.Head.MergedInto}'.");
            }

            replica.Remove(row);
            var mark = kept.Head.TakingOver.FirstOrDefault(t => t.From == moved.From)
                ?? commit.Head.TakingOver.FirstOrDefault(t => t.From == moved.From);
            var isDeleted = row.UnderMark || row.Sequence <= Math.Max(from.Head.DeletedUpTo, mark?.DeletedUpTo ?? 0)
                || row.Sequence <= replica.Covered.GetValueOrDefault(moved.From);
            if (moved.Sequence is { } sequence)
            {
                CheckMoved(kept, from, row, moved, isDeleted, say);
                replica.Insert(row with
                {
                    ConversationId = commit.Head.ConversationId,
                    Sequence = sequence,
                    Message = moved.Message,
                    UnderMark = isDeleted,
                });
            }
            else if (!kept.Rows.Values.Any(r => r.ExternalId == row.ExternalId && r.Direction == row.Direction))
            {
                say(Rules.Lost, $"{row} was dropped as a double of none.");
            }
            else if (row.Message is { DeletedAt: null } && !isDeleted
                && !commit.Events.Any(e => e.Type == EventType.MessageDeleted && e.MessageId == row.MessageId))
            {
                say(Rules.EventMissing, $"{row} was folded without an event.");
            }
        }
    }

    private static void CheckMoved(
        KeptConversation kept, KeptConversation from, KeptRow row, MovedMessage moved, bool isDeleted, Action<string, string> say)
    {
        if (kept.Rows.Values.Any(r => r.ExternalId == row.ExternalId && r.Direction == row.Direction && r.Message is not null && moved.Message is not null))
        {
            say(Rules.Doubled, $"{row} came over although it is here.");
        }

        if (moved.Message is not { } message)
        {
            var isDouble = kept.Rows.Values.Any(r => r.ExternalId == row.ExternalId && r.Direction == row.Direction);
            if (row.Message is not null && !isDeleted && !isDouble)
            {
                say(Rules.Lost, $"{row} came over as a tombstone.");
            }

            return;
        }

        if (row.Message is not { } was || isDeleted)
        {
            say(Rules.Tombstone, $"{row} was deleted and came over with content.");
            return;
        }

        if (message.Id != row.MessageId || message.ExternalId != row.ExternalId || message.Direction != row.Direction
            || message.Sequence != moved.Sequence || message.MergedFrom is null)
        {
            say(Rules.Moved, $"{row} came over as {message.Id} {message.ExternalId} #{message.Sequence} from {message.MergedFrom}.");
        }

        CheckForward(row.ToString(), was, message, say);
        var counted = was.CountsUnread && row.Sequence > from.Head.ReadUpTo;
        if (message.Direction == Direction.In && message.CountsUnread != counted)
        {
            say(Rules.Unread, $"{row} counted unread: {counted}, and now: {message.CountsUnread}.");
        }
    }

    private static void Erase(Replica replica, KeptConversation kept, ConversationCommit commit, Action<string, string> say)
    {
        foreach (var sequence in commit.Erased)
        {
            if (!kept.Rows.TryGetValue(sequence, out var row))
            {
                say(Rules.Renumbered, $"#{sequence} was erased, which is not there.");
                continue;
            }

            var underMark = sequence <= commit.Head.DeletedUpTo;
            if (!underMark && row.Message is not null && !replica.Find(row.ExternalId).Any(r => r.Direction == row.Direction && !r.Equals(row)))
            {
                say(Rules.Lost, $"{row} was erased: it lies under no mark and is no double.");
            }

            replica.Replace(row, row with { Message = null, UnderMark = row.UnderMark || underMark });
        }
    }

    private static void CheckCounts(KeptConversation kept, Action<string, string> say)
    {
        var (inbound, outbound, unread) = (0L, 0L, 0L);
        foreach (var row in kept.Living)
        {
            if (row.Direction == Direction.Out)
            {
                outbound++;
                continue;
            }

            inbound++;
            if (row.Message is { CountsUnread: true, Status: < MessageStatus.Read } && row.Sequence > kept.Head.ReadUpTo)
            {
                unread++;
            }
        }

        var head = kept.Head;
        if (head.MergedInto is not null)
        {
            return;
        }

        if (head.InboundCount != inbound || head.OutboundCount != outbound)
        {
            say(Rules.Counts, $"it says {head.InboundCount} in, {head.OutboundCount} out; there are {inbound} and {outbound}.");
        }

        if (head.UnreadCount != unread)
        {
            say(Rules.Unread, $"it says {head.UnreadCount} unread; there are {unread}.");
        }

        var latest = kept.Living.Select(row => (DateTimeOffset?)row.Message!.Timestamp).Max();
        var shown = head.LastMessageSequence is { } last && kept.Rows.TryGetValue(last, out var shownRow) ? shownRow.Message?.Timestamp : null;
        if (latest != shown)
        {
            say(Rules.Counts, $"its last message is #{head.LastMessageSequence} of {shown:O}; the latest is of {latest:O}.");
        }
    }
}
