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
    public static string? Difference(Message message, IReadOnlyList<MessageFact> told, IReadOnlyList<MessageChange> changes)
    {
        var status = told.Select(t => t.Status).Concat(changes.OfType<StatusChange>().Select(c => c.Status)).Max();
        if (message.Status != status)
        {
            return $"it is {message.Status}, not {status}";
        }

        var timestamp = told.Min(t => t.Timestamp);
        if (message.Timestamp != timestamp)
        {
            return $"it is of {message.Timestamp:O}, not {timestamp:O}";
        }

        var origin = told.Max(t => t.Origin);
        if (message.Origin != origin)
        {
            return $"its origin is {message.Origin}, not {origin}";
        }

        var isDeleted = changes.OfType<DeletionChange>().Any();
        if (isDeleted != message.DeletedAt is not null)
        {
            return isDeleted ? "its deletion is lost" : "nobody deleted it";
        }

        return isDeleted ? null : ContentDifference(message, told, changes);
    }

    public static bool AreEqual(MessageChange one, MessageChange other) => one is VoteChange a && other is VoteChange b
        ? a with { Options = [] } == b with { Options = [] } && a.Options.SequenceEqual(b.Options)
        : one == other;

    private static string? ContentDifference(Message message, IReadOnlyList<MessageFact> told, IReadOnlyList<MessageChange> changes)
    {
        var edit = changes.OfType<EditChange>().Where(c => c.Text is not null).OrderBy(c => c.Stamp.SentMs).LastOrDefault();
        var text = edit is null ? told[0].Text : edit.Text;
        if (message.Content.Text != text)
        {
            return $"its text is '{message.Content.Text}', not '{text}'";
        }

        foreach (var byAuthor in changes.OfType<ReactionChange>().Where(c => c.From is not null).GroupBy(c => c.From!.Best))
        {
            var latest = byAuthor.OrderBy(c => c.Stamp.SentMs).Last();
            var shown = message.Reactions.FirstOrDefault(r => r.From.Best == byAuthor.Key)?.Emoji;
            if (shown != latest.Emoji)
            {
                return $"{byAuthor.Key} reacts with '{shown}', not '{latest.Emoji}'";
            }
        }

        return null;
    }
}
