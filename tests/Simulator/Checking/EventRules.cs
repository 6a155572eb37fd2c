using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;

namespace Parley.Simulator.Checking;

/// <summary>Every change has its event, in the same commit, once, under the next number.</summary>
internal static class EventRules
{
    public static void Check(
        ConversationHead? before, KeptConversation kept, Replica replica, ConversationCommit commit, Action<string, string> say)
    {
        CheckNumbers(before?.EventNumber ?? 0, commit, say);
        CheckCreated(commit, say);
        foreach (var message in commit.Added)
        {
            CheckStatuses(message, null, commit, say);
        }

        foreach (var message in commit.Changed.Where(m => !commit.Released.Contains(m.Sequence)))
        {
            if (kept.Rows.GetValueOrDefault(message.Sequence)?.Message is { } was)
            {
                CheckChange(message, was, commit, say);
            }
        }

        CheckConversation(before, commit, say);
    }

    private static void CheckNumbers(long last, ConversationCommit commit, Action<string, string> say)
    {
        foreach (var facts in commit.Events)
        {
            if (facts.Number != ++last)
            {
                say(Rules.EventNumber, $"{facts.Type} has number {facts.Number}, not {last}.");
            }
        }

        if (commit.Head.EventNumber != last)
        {
            say(Rules.EventNumber, $"its last event is {last}, it says {commit.Head.EventNumber}.");
        }
    }

    private static void CheckCreated(ConversationCommit commit, Action<string, string> say)
    {
        var created = commit.Events.Where(e => e.Type == EventType.MessageCreated).ToList();
        foreach (var message in commit.Added)
        {
            var events = created.Where(e => e.MessageId == message.Id).ToList();
            Count(EventType.MessageCreated, $"#{message.Sequence} {message.ExternalId}", events.Count, expected: 1, say);
            if (events.Count == 1 && events[0].Sequence != message.Sequence)
            {
                say(Rules.EventMissing, $"{EventType.MessageCreated} of #{message.Sequence} says #{events[0].Sequence}.");
            }
        }

        foreach (var stray in created.Where(e => !commit.Added.Any(m => m.Id == e.MessageId)))
        {
            say(Rules.EventTwice, $"{EventType.MessageCreated} of #{stray.Sequence}, which is not new.");
        }
    }

    private static void CheckChange(Message now, Message was, ConversationCommit commit, Action<string, string> say)
    {
        var name = $"#{now.Sequence} {now.ExternalId}";
        CheckStatuses(now, was.Status, commit, say);
        var events = commit.Events.Where(e => e.MessageId == now.Id).ToList();
        if (events.Count == 0)
        {
            say(Rules.EventMissing, $"{name} changed without an event.");
        }

        Count(
            EventType.MessageDeleted,
            name,
            events.Count(e => e.Type == EventType.MessageDeleted),
            was.DeletedAt is null && now.DeletedAt is not null ? 1 : 0,
            say);
    }

    private static void CheckStatuses(Message now, MessageStatus? was, ConversationCommit commit, Action<string, string> say)
    {
        var name = $"#{now.Sequence} {now.ExternalId}";
        var status = was ?? commit.Events.FirstOrDefault(e => e.Type == EventType.MessageCreated && e.MessageId == now.Id)?.Current;
        foreach (var facts in commit.Events.Where(e => e.Type == EventType.MessageStatusChanged && e.MessageId == now.Id))
        {
            if (status is not null && facts.Previous != status)
            {
                say(Rules.EventMissing, $"{name}: a status event starts from {facts.Previous}, the message was {status}.");
            }

            if (facts.Current <= facts.Previous)
            {
                say(Rules.StatusBack, $"{name}: an event tells {facts.Previous} -> {facts.Current}.");
            }

            status = facts.Current;
        }

        if (status is not null && status != now.Status)
        {
            say(Rules.EventMissing, $"{name} is {now.Status}, its events end at {status}.");
        }
    }

    private static void CheckConversation(ConversationHead? before, ConversationCommit commit, Action<string, string> say)
    {
        var after = commit.Head;
        int Told(string type) => commit.Events.Count(e => e.Type == type);

        Count(EventType.ConversationCreated, "", Told(EventType.ConversationCreated), before is null ? 1 : 0, say);
        Count(EventType.ConversationSealed, "", Told(EventType.ConversationSealed), before?.MergedInto is null && after.MergedInto is not null ? 1 : 0, say);
        if (after.ReadUpTo > (before?.ReadUpTo ?? 0) && Told(EventType.ConversationRead) + Told(EventType.ConversationDeleted) == 0)
        {
            say(Rules.EventMissing, $"read up to {after.ReadUpTo} without an event.");
        }

        if (after.DeletedUpTo > (before?.DeletedUpTo ?? 0) && Told(EventType.ConversationDeleted) == 0 && commit.Moved.IsEmpty)
        {
            say(Rules.EventMissing, $"deleted up to {after.DeletedUpTo} without an event.");
        }

        var takenOver = (before?.TakingOver ?? []).Count(t => !after.TakingOver.Any(a => a.From == t.From));
        var merged = commit.Events.Where(e => e.Type == EventType.ConversationMerged).ToList();
        if (merged.Count < takenOver)
        {
            say(Rules.EventMissing, $"{takenOver} are taken over, {merged.Count} events tell it.");
        }

        if (after.MergedInto is not null && (commit.Events.IsEmpty || commit.Events[^1].Type != EventType.ConversationSealed))
        {
            say(Rules.AfterSeal, "its last event is not its seal.");
        }
    }

    private static void Count(string type, string name, int found, int expected, Action<string, string> say)
    {
        if (found != expected)
        {
            say(found < expected ? Rules.EventMissing : Rules.EventTwice, $"{type} {name}: {found} events, not {expected}.");
        }
    }
}
