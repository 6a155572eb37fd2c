using System.Collections.Immutable;
using Parley.Domain.Addresses;

namespace Parley.Domain.Messages;

/// <summary>A message as readers see it: which edit, reaction and vote counts.</summary>
public static class MessageView
{
    /// <summary>The text now: of the latest edit that could be read, else the original.</summary>
    public static string? Text(Message message)
    {
        var edit = ChangeOrder.Latest(message.Edits.Where(static e => e.Text is not null), static e => e.Stamp, static e => e.Text);
        return edit is null ? message.Content.Text : edit.Text;
    }

    /// <summary>When it was last edited; null when it was not, or nobody told when.</summary>
    public static DateTimeOffset? EditedAt(Message message) => message.Edits.IsEmpty
        ? (message.Content.Edited ? message.Timestamp : null)
        : message.Edits.Max(static e => e.At);

    /// <summary>When it was sent; the message's own time where nobody told more than that it was.</summary>
    public static DateTimeOffset? SentAt(Message message) =>
        message.Times.SentAt ?? (message.Status is MessageStatus.Sent or MessageStatus.Delivered or MessageStatus.Read ? message.Timestamp : null);

    /// <summary>Whether a reader sees the same edits, their times apart.</summary>
    public static bool HasSameEdits(Message one, Message other) =>
        one.Edits.Select(static e => e.Text).SequenceEqual(other.Edits.Select(static e => e.Text), StringComparer.Ordinal);

    /// <summary>Whether a reader sees the same reactions, their times apart.</summary>
    public static bool HasSameReactions(Message one, Message other) =>
        one.Reactions.Select(static r => (r.From, r.Emoji)).SequenceEqual(other.Reactions.Select(static r => (r.From, r.Emoji)));

    /// <summary>Whether nothing that a reader sees differs: what tells changes apart may (<see cref="ChangeStamp"/>).</summary>
    public static bool IsSame(Message one, Message other) =>
        WithoutChanges(one) == WithoutChanges(other)
        && HasSameEdits(one, other)
        && HasSameReactions(one, other)
        && one.Edits.Select(static e => e.At).SequenceEqual(other.Edits.Select(static e => e.At))
        && one.Reactions.Select(static r => r.At).SequenceEqual(other.Reactions.Select(static r => r.At))
        && one.Votes.Select(static v => (v.From, Choice(v))).SequenceEqual(other.Votes.Select(static v => (v.From, Choice(v))));

    private static Message WithoutChanges(Message message) =>
        message with { Edits = [], Reactions = [], Votes = [], UpdatedAt = default };

    public static bool IsEdited(Message message) => message.Content.Edited || !message.Edits.IsEmpty;

    /// <summary>The reactions that stand, one per person, in the order of their times.</summary>
    /// <param name="resolve">Gives a person's best address: the same for every way of naming one person.</param>
    public static IEnumerable<Reaction> Reactions(Message message, Func<Party, Address> resolve) =>
        Standing(message.Reactions, static r => r.From, static r => r.Stamp, static r => r.Emoji, resolve)
            .Where(static r => r.Emoji is not null)
            .OrderBy(static r => r.At);

    /// <summary>How many people choose each option of a poll, in the poll's order.</summary>
    public static IEnumerable<(string Name, int Votes)> Votes(Message message, Func<Party, Address> resolve)
    {
        if (message.Content.Poll is not { } poll)
        {
            return [];
        }

        var votes = Standing(
            message.Votes,
            static v => v.From,
            static v => v.Stamp,
            Choice,
            resolve).ToList();
        return poll.Options.Select(option => (option, votes.Count(vote => vote.Options.Contains(option, StringComparer.Ordinal))));
    }

    /// <summary>A vote as one text, to compare it by; null = nothing is chosen.</summary>
    internal static string? Choice(Vote vote) => vote.Options.IsDefaultOrEmpty ? null : string.Join('\n', vote.Options);

    private static IEnumerable<T> Standing<T>(
        ImmutableArray<T> changes,
        Func<T, Party> person,
        Func<T, ChangeStamp> stamp,
        Func<T, string?> text,
        Func<Party, Address> resolve)
        where T : class =>
        changes.GroupBy(change => resolve(person(change)).Canonical).Select(group => ChangeOrder.Latest(group, stamp, text)!);
}
