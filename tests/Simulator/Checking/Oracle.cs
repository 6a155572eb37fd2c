using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Checking;

/// <summary>What a message must have become, worked out from all that was told of it, in no order.</summary>
internal static class Oracle
{
    /// <summary>Whether the change, or a later one of its kind, shows in the message.</summary>
    public static bool Reflects(Message message, MessageChange change) => change switch
    {
        StatusChange status => message.Status >= status.Status,
        DeletionChange => message.DeletedAt is not null,
        EditChange => message.DeletedAt is not null || message.Edits.Length > 0,
        ReactionChange => message.DeletedAt is not null || message.Reactions.Length > 0,
        VoteChange => message.DeletedAt is not null || message.Votes.Length > 0,
        _ => true,
    };

    /// <summary>What is wrong with a message at the end; null when nothing is.</summary>
    /// <param name="identify">One name for all addresses of a party.</param>
    /// <param name="isSend">The gateway's answer told of it, too: that it is out.</param>
    public static string? Difference(
        Message message,
        IReadOnlyList<MessageFact> told,
        IReadOnlyList<MessageChange> changes,
        Func<Address, string> identify,
        bool isSend)
    {
        var status = told.Select(t => t.Status).Concat(changes.OfType<StatusChange>().Select(c => c.Status)).Max();
        if (message.Status != status && !(isSend && status < MessageStatus.Sent && message.Status == MessageStatus.Sent))
        {
            return $"it is {message.Status}, not {status}";
        }

        var timestamp = told.Min(t => t.Timestamp);
        if (message.Timestamp != timestamp)
        {
            return $"it is of {message.Timestamp:O}, not {timestamp:O}";
        }

        // What was sent through here happened here, whoever tells of it.
        var origin = isSend ? MessageOrigin.Live : told.Max(t => t.Origin);
        if (message.Origin != origin)
        {
            return $"its origin is {message.Origin}, not {origin}";
        }

        var isDeleted = changes.OfType<DeletionChange>().Any();
        if (isDeleted != message.DeletedAt is not null)
        {
            return isDeleted ? "its deletion is lost" : "nobody deleted it";
        }

        return isDeleted ? null : ContentDifference(message, told, changes, identify(told[0].Line), identify);
    }

    /// <summary>Whether a kept change is the one that was told: a line's own name is settled on the way.</summary>
    public static bool AreEqual(MessageChange kept, MessageChange told)
    {
        kept = kept with { Line = null };
        told = told with { Line = null };
        return (kept, told) switch
        {
            (VoteChange a, VoteChange b) => a with { Options = [], From = b.From ?? a.From } == b with { Options = [], From = b.From ?? a.From }
                && a.Options.SequenceEqual(b.Options),
            (ReactionChange a, ReactionChange { From: null } b) => a with { From = null } == b,
            _ => kept == told,
        };
    }

    private static string? ContentDifference(
        Message message, IReadOnlyList<MessageFact> told, IReadOnlyList<MessageChange> changes, string line, Func<Address, string> identify)
    {
        var edit = changes.OfType<EditChange>().Where(c => c.Text is not null).OrderBy(c => c.Stamp.SentMs).LastOrDefault();
        var text = edit is null ? told[0].Text : edit.Text;
        var kept = message.Edits.Where(e => e.Text is not null).OrderBy(e => e.Stamp.SentMs).LastOrDefault();
        var shownText = kept is null ? message.Content.Text : kept.Text;
        if (shownText != text)
        {
            return $"its text is '{shownText}', not '{text}'";
        }

        foreach (var byAuthor in changes.OfType<ReactionChange>().GroupBy(c => c.From is null ? line : identify(c.From.Best!.Value), StringComparer.Ordinal))
        {
            var latest = byAuthor.OrderBy(c => c.Stamp.SentMs).Last();
            var shown = message.Reactions.Where(r => identify(r.From.Best!.Value) == byAuthor.Key).OrderBy(r => r.Stamp.SentMs).LastOrDefault()?.Emoji;
            if (shown != latest.Emoji)
            {
                return $"{byAuthor.Key} reacts with '{shown}', not '{latest.Emoji}'";
            }
        }

        return null;
    }
}
