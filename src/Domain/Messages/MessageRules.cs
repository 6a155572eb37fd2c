using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;

namespace Parley.Domain.Messages;

/// <summary>What deliveries and changes make of one message.</summary>
/// <remarks>Any order and any repetition of the same deliveries and changes ends in the same message (promise 1). Every method
/// returns the very same object when nothing changed.</remarks>
public static class MessageRules
{
    /// <summary>WhatsApp allows edits for a quarter of an hour; this many is beyond anything a person does.</summary>
    public const int MostEdits = 200;

    /// <summary>A message from its first delivery.</summary>
    public static Message Open(IncomingMessage delivery, Guid id, long sequence, DateTimeOffset now) => new()
    {
        Id = id,
        ExternalId = delivery.ExternalId,
        Sequence = sequence,
        Direction = delivery.Direction,
        Origin = delivery.Origin,
        Status = delivery.Status,
        SessionId = delivery.SessionId,
        From = delivery.From,
        To = delivery.To,
        Author = delivery.Author,
        AuthorName = delivery.AuthorName,
        Content = delivery.Content,
        Timestamp = delivery.Timestamp,
        CreatedAt = now,
        UpdatedAt = now,
        Times = TimesOf(delivery),
        CountsUnread = delivery.Direction == Direction.In && delivery.Origin != MessageOrigin.History,
    };

    /// <summary>A message that was delivered once more.</summary>
    public static Message Again(Message kept, IncomingMessage delivery, DateTimeOffset now)
    {
        var origin = Max(kept.Origin, delivery.Origin);
        var status = Max(kept.Status, delivery.Status);
        var next = kept with
        {
            Origin = origin,
            Status = status,
            Error = status == kept.Status ? kept.Error : null,
            From = Better(kept.From, delivery.From),
            To = Better(kept.To, delivery.To),
            Author = Better(kept.Author, delivery.Author),
            AuthorName = kept.AuthorName ?? delivery.AuthorName,
            Content = kept.DeletedAt is null ? Better(kept.Content, delivery.Content) : kept.Content,
            Timestamp = kept.Timestamp <= delivery.Timestamp ? kept.Timestamp : delivery.Timestamp,
            Times = kept.Times.With(TimesOf(delivery)),
            CountsUnread = kept.CountsUnread
                || (kept.Direction == Direction.In && kept.Origin == MessageOrigin.History && origin != MessageOrigin.History),
        };
        return Stamp(kept, next, now);
    }

    /// <summary>A message with one change applied.</summary>
    public static Message Apply(Message kept, MessageChange change, DateTimeOffset now) =>
        Stamp(kept, change switch
        {
            StatusChange status => WithStatus(kept, status),
            DeletionChange deletion => WithDeletion(kept, deletion.At),
            EditChange when kept.DeletedAt is not null => kept,
            EditChange edit => WithEdit(kept, new Edit(edit.Text, edit.Stamp, edit.At)),
            ReactionChange { From: { } from } reaction => kept with
            {
                Reactions = Latest(kept.Reactions, new Reaction(from, reaction.Emoji, reaction.Stamp, reaction.At)),
            },
            VoteChange { From: { } from } vote => kept with
            {
                Votes = Latest(kept.Votes, new Vote(from, vote.Options, vote.Stamp, vote.At)),
            },
            _ => kept,
        }, now);

    /// <summary>A double of a message, folded into the one that stays.</summary>
    public static Message Fold(Message kept, Message doubled, DateTimeOffset now)
    {
        var next = Again(kept, new IncomingMessage
        {
            ExternalId = doubled.ExternalId,
            Direction = doubled.Direction,
            Origin = doubled.Origin,
            Status = doubled.Status,
            SessionId = doubled.SessionId,
            From = doubled.From,
            To = doubled.To,
            Author = doubled.Author,
            AuthorName = doubled.AuthorName,
            Content = doubled.Content,
            Timestamp = doubled.Timestamp,
            ReceivedAt = doubled.CreatedAt,
        }, now);
        next = next with
        {
            Times = next.Times.With(doubled.Times),
            Error = next.Status == doubled.Status ? next.Error ?? doubled.Error : next.Error,
        };
        if (doubled.DeletedAt is { } deletedAt)
        {
            next = WithDeletion(next, deletedAt);
        }

        if (next.DeletedAt is null)
        {
            foreach (var edit in doubled.Edits)
            {
                next = WithEdit(next, edit);
            }
        }

        foreach (var reaction in doubled.Reactions)
        {
            next = next with { Reactions = Latest(next.Reactions, reaction) };
        }

        foreach (var vote in doubled.Votes)
        {
            next = next with { Votes = Latest(next.Votes, vote) };
        }

        return Stamp(kept, next, now);
    }

    private static Message WithStatus(Message kept, StatusChange change)
    {
        var status = Max(kept.Status, change.Status);
        return kept with
        {
            Status = status,
            Times = kept.Times.With(change.Status, change.At),
            Error = status is MessageStatus.Failed or MessageStatus.OutcomeUnknown
                ? kept.Status == status ? kept.Error ?? change.Error : change.Error
                : null,
        };
    }

    private static Message WithDeletion(Message kept, DateTimeOffset at) => kept.DeletedAt is { } known
        ? (at < known ? kept with { DeletedAt = at } : kept)
        : kept with
        {
            DeletedAt = at,
            Content = new MessageContent
            {
                Type = kept.Content.Type,
                RawType = kept.Content.RawType,
                QuotedMessageId = kept.Content.QuotedMessageId,
            },
            Edits = [],
        };

    /// <summary>
    /// Adds an edit to the set that a message keeps. Gateways tell one edit in two webhooks, of which one has no time of
    /// its own: such a one is the same edit as any other with its text.
    /// </summary>
    private static Message WithEdit(Message kept, Edit edit)
    {
        var edits = kept.Edits;
        for (var i = 0; i < edits.Length; i++)
        {
            var known = edits[i];
            if (known.Text != edit.Text)
            {
                continue;
            }

            var same = known.Stamp.SentMs == edit.Stamp.SentMs;
            if (!same && known.Stamp.SentMs is not null && edit.Stamp.SentMs is not null)
            {
                continue;
            }

            return IsFuller(edit, known)
                ? kept with { Edits = Sorted(edits.SetItem(i, edit)) }
                : kept;
        }

        return edits.Length >= MostEdits ? kept : kept with { Edits = Sorted(edits.Add(edit)) };
    }

    /// <summary>Of two reports of one edit: one with the sender's time, else the earlier one, is the one to keep.</summary>
    private static bool IsFuller(Edit edit, Edit known)
    {
        if (edit.Stamp.SentMs is null != known.Stamp.SentMs is null)
        {
            return edit.Stamp.SentMs is not null;
        }

        return edit.At != known.At ? edit.At < known.At : ChangeOrder.Compare(edit.Stamp, null, known.Stamp, null) > 0;
    }

    private static ImmutableArray<Edit> Sorted(ImmutableArray<Edit> edits) =>
        edits.Sort(static (a, b) => ChangeOrder.Compare(a.Stamp, a.Text, b.Stamp, b.Text));

    private static ImmutableArray<Reaction> Latest(ImmutableArray<Reaction> kept, Reaction reaction) =>
        Latest(kept, reaction, static r => r.From, static r => r.Stamp, static r => r.Emoji);

    private static ImmutableArray<Vote> Latest(ImmutableArray<Vote> kept, Vote vote) =>
        Latest(kept, vote, static v => v.From, static v => v.Stamp, MessageView.Choice);

    /// <summary>Per person and gateway the latest; an empty one is remembered.</summary>
    private static ImmutableArray<T> Latest<T>(
        ImmutableArray<T> kept, T change, Func<T, Party> person, Func<T, ChangeStamp> stamp, Func<T, string?> text)
    {
        for (var i = 0; i < kept.Length; i++)
        {
            var known = kept[i];
            if (stamp(known).Gateway == stamp(change).Gateway && IsSame(person(known), person(change)))
            {
                return ChangeOrder.Compare(stamp(change), text(change), stamp(known), text(known)) > 0
                    ? kept.SetItem(i, change)
                    : kept;
            }
        }

        return kept.Add(change);
    }

    private static bool IsSame(Party one, Party other) => one.Is(other.Phone) || one.Is(other.Lid);

    /// <summary>When the statuses that a delivery tells were reached, as far as it tells.</summary>
    private static StatusTimes TimesOf(IncomingMessage delivery)
    {
        var times = StatusTimes.None;
        if (delivery.Status >= MessageStatus.Sent && delivery.Status != MessageStatus.Failed)
        {
            times = times.With(MessageStatus.Sent, delivery.Timestamp);
        }

        // History says that a message was delivered or read, not when.
        return delivery.Origin != MessageOrigin.History && delivery.Status > MessageStatus.Sent
            ? times.With(delivery.Status, delivery.ReceivedAt)
            : times;
    }

    /// <summary>Better known content stays: readable over unreadable, unedited over edited, with bytes over without.</summary>
    private static MessageContent Better(MessageContent kept, MessageContent other)
    {
        var better = Rank(other) > Rank(kept) ? other : kept;
        var worse = ReferenceEquals(better, kept) ? other : kept;
        return better.Media is { Status: not MediaStatus.Stored } && worse.Media is { Status: MediaStatus.Stored } stored
            ? better with { Media = stored }
            : better;
    }

    private static int Rank(MessageContent content) => content.Type switch
    {
        MessageType.Unavailable => 0,
        MessageType.Unsupported => 1,
        _ => content.Edited ? 2 : 3,
    };

    private static Address Better(Address kept, Address other)
    {
        var difference = Rank(other) - Rank(kept);
        return difference > 0 || (difference == 0 && other < kept) ? other : kept;
    }

    private static Party? Better(Party? kept, Party? other)
    {
        if (kept is null || other is null)
        {
            return kept ?? other;
        }

        return (kept.Phone is null && other.Phone is not null) || (kept.Lid is null && other.Lid is not null)
            ? new Party(kept.Phone ?? other.Phone, kept.Lid ?? other.Lid)
            : kept;
    }

    private static int Rank(Address address) => address.Kind switch
    {
        AddressKind.Session => 0,
        AddressKind.Lid => 1,
        _ => 2,
    };

    private static Message Stamp(Message kept, Message next, DateTimeOffset now) =>
        next == kept ? kept : next with { UpdatedAt = now };

    private static T Max<T>(T one, T other)
        where T : struct, Enum => Comparer<T>.Default.Compare(one, other) >= 0 ? one : other;
}
