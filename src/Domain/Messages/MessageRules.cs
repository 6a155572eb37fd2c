using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Sends;

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
        Edits = EditsOf(delivery),
        CountsUnread = delivery.Direction == Direction.In && delivery.Origin != MessageOrigin.History,
    };

    /// <summary>A message that is to be sent. It has a local clock's time until the gateway tells one.</summary>
    public static Message Open(SendOrder order, long sequence, DateTimeOffset now) => new()
    {
        Id = order.MessageId,
        ExternalId = Message.UnsentId(order.MessageId),
        Sequence = sequence,
        Direction = Direction.Out,
        Origin = MessageOrigin.Live,
        Status = MessageStatus.Pending,
        SessionId = order.SessionId,
        From = order.From,
        To = order.To,
        Content = order.Content,
        Timestamp = now,
        CreatedAt = now,
        UpdatedAt = now,
        RequestedTo = order.RequestedTo,
        Metadata = order.Metadata,
        RetryOf = order.RetryOf,
        ExpiresAt = order.ExpiresAt,
    };

    /// <summary>A send that its gateway has taken and named.</summary>
    /// <param name="accepted">The status that this alone gives it.</param>
    public static Message Name(Message send, SendReport report, MessageStatus accepted, DateTimeOffset now)
    {
        var status = Max(accepted, report.Status ?? MessageStatus.Pending);
        var at = report.Timestamp ?? now;

        // That its outcome was unknown is no failure once it is known to be out.
        var times = send.Status == MessageStatus.OutcomeUnknown ? send.Times with { FailedAt = null } : send.Times;
        var named = send with { ExternalId = report.ExternalId, Timestamp = report.Timestamp ?? send.Timestamp };
        return Stamp(send, WithStatus(named, status, status >= MessageStatus.Sent ? times.With(status, at) : times, null), now);
    }

    /// <summary>A message that was delivered once more.</summary>
    public static Message Again(Message kept, IncomingMessage delivery, DateTimeOffset now)
    {
        if (delivery.IsOnlyListed && kept is { IsSend: true, Status: MessageStatus.Pending })
        {
            // A gateway lists what it was asked to send: that says not that WhatsApp has it.
            delivery = delivery with { Status = MessageStatus.Pending };
        }

        var next = Join(kept, Open(delivery, kept.Id, kept.Sequence, now)) with
        {
            CountsUnread = kept.CountsUnread
                || (kept.Direction == Direction.In && kept.Origin == MessageOrigin.History && delivery.Origin != MessageOrigin.History),
        };
        if (next.DeletedAt is null)
        {
            next = EditsOf(delivery).Aggregate(next, WithEdit);
        }

        return Stamp(kept, next, now);
    }

    /// <summary>Whether what is delivered under a kept message's id is surely another person's.</summary>
    /// <remarks>
    /// Ids are unique per chat and sender only, and a sender chooses them: in a group one member could put words into another's mouth.
    /// Only numbers are compared with numbers, and hidden ids with hidden ids: what one person is called in the other way is learned later.
    /// Where no group is involved the chat alone names the person, and a gateway may name a wrong one.
    /// </remarks>
    public static bool IsOthers(Message kept, IncomingMessage delivery) =>
        (kept.Author ?? delivery.Author) is not null
        && WriterOf(kept.Author, kept.From) is { } one
        && WriterOf(delivery.Author, delivery.From) is { } other
        && !IsSame(one, other)
        && ((one.Phone is not null && other.Phone is not null) || (one.Lid is not null && other.Lid is not null));

    /// <summary>A message with one change applied.</summary>
    public static Message Apply(Message kept, MessageChange change, DateTimeOffset now) =>
        Stamp(kept, change switch
        {
            StatusChange status => WithStatus(kept, status.Status, kept.Times.With(status.Status, status.At), status.Error),
            DeletionChange deletion => WithDeletion(kept, deletion.At),
            EditChange when kept.DeletedAt is not null => kept,
            EditChange edit => WithEdit(kept, new Edit(edit.Text, edit.Stamp, edit.At)),
            ReactionChange { From: { } from } reaction => WithReaction(kept, new Reaction(from, reaction.Emoji, reaction.Stamp, reaction.At)),
            MediaChange when kept.DeletedAt is not null => kept,
            MediaChange media => WithMedia(kept, media.Media),
            VoteChange { From: { } from } vote => WithVote(kept, new Vote(from, vote.Options, vote.Stamp, vote.At)),
            _ => kept,
        }, now);

    /// <summary>A double of a message, folded into the one that stays.</summary>
    /// <param name="doubled">Its <see cref="Message.CountsUnread"/> tells whether it counted where it was.</param>
    public static Message Fold(Message kept, Message doubled, DateTimeOffset now)
    {
        var next = Join(kept, doubled) with { CountsUnread = kept.CountsUnread || doubled.CountsUnread };
        if (doubled.DeletedAt is { } deletedAt)
        {
            next = WithDeletion(next, deletedAt);
        }

        if (next.DeletedAt is null)
        {
            next = doubled.Edits.Aggregate(next, WithEdit);
        }

        next = doubled.Reactions.Aggregate(next, WithReaction);
        next = doubled.Votes.Aggregate(next, WithVote);
        return Stamp(kept, next, now);
    }

    /// <summary>The edit that a delivery has in it already (message and edit in one), told without a time of its own.</summary>
    private static ImmutableArray<Edit> EditsOf(IncomingMessage delivery) => delivery.Content.Edited
        ? [new Edit(delivery.Content.Text, new ChangeStamp(null, null, delivery.SessionId), delivery.Timestamp)]
        : [];

    /// <summary>What two readings of one message say together, its changes apart.</summary>
    private static Message Join(Message kept, Message other) =>
        WithStatus(kept, other.Status, kept.Times.With(other.Times), other.Error) with
        {
            Origin = Max(kept.Origin, other.Origin),
            From = Better(kept.From, other.From),
            To = Better(kept.To, other.To),
            Author = Better(kept.Author, other.Author),
            AuthorName = string.CompareOrdinal(kept.AuthorName, other.AuthorName) >= 0 ? kept.AuthorName : other.AuthorName,
            Content = kept.DeletedAt is null
                ? ContentOrder.Better(kept.Content, other.Content)
                : ContentOrder.BetterRemains(kept.Content, other.Content),
            Timestamp = HasLocalTime(kept) || (other.Timestamp < kept.Timestamp && !HasLocalTime(other)) ? other.Timestamp : kept.Timestamp,
        };

    /// <summary>Whether no gateway has told a time of it yet.</summary>
    public static bool HasLocalTime(Message message) => message.IsSend && message.Timestamp == message.CreatedAt;

    /// <summary>The higher status stays, with an error that was told of this very status; of several the lesser by ordinals.</summary>
    private static Message WithStatus(Message kept, MessageStatus told, StatusTimes times, MessageError? toldError)
    {
        var status = Max(kept.Status, told);
        var error = status == kept.Status ? kept.Error : null;
        if (status == told && status is MessageStatus.Failed or MessageStatus.OutcomeUnknown && toldError is not null
            && (error is null || Compare(toldError, error) < 0))
        {
            error = toldError;
        }

        return kept with { Status = status, Times = times, Error = error };
    }

    private static int Compare(MessageError one, MessageError other) => string.CompareOrdinal(one.Code, other.Code) is var byCode and not 0
        ? byCode
        : string.CompareOrdinal(one.Message, other.Message);

    /// <summary>Bytes that are there stay: a gateway that no longer has them takes nothing away.</summary>
    private static Message WithMedia(Message kept, Media told) =>
        kept.Content.Media is { Status: not MediaStatus.Stored } media && told.Status != MediaStatus.Pending && told.Status != media.Status
            ? kept with { Content = kept.Content with { Media = told } }
            : kept;

    private static Message WithDeletion(Message kept, DateTimeOffset at) => kept.DeletedAt is { } known
        ? (at < known ? kept with { DeletedAt = at } : kept)
        : kept with
        {
            DeletedAt = at,
            Content = ContentOrder.Remains(kept.Content),
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

        edits = Sorted(edits.Add(edit));
        if (edits.Length > MostEdits)
        {
            // The oldest goes, whichever came last.
            edits = ReferenceEquals(edits[0], edit) ? kept.Edits : edits.RemoveAt(0);
        }

        return kept with { Edits = edits };
    }

    /// <summary>
    /// Of two reports of one edit: one with the sender's time, else one that was told when it happened (the others have the message's time),
    /// of one gateway's the later one (the text may have come back after another), is the one to keep.
    /// </summary>
    private static bool IsFuller(Edit edit, Edit known)
    {
        if (edit.Stamp.SentMs is null != known.Stamp.SentMs is null)
        {
            return edit.Stamp.SentMs is not null;
        }

        if (edit.Stamp.EnvelopeMs is null != known.Stamp.EnvelopeMs is null)
        {
            return edit.Stamp.EnvelopeMs is not null;
        }

        // One thing after the other, or three of them could beat each other in a circle, and which one stays would depend on their order.
        if (string.CompareOrdinal(edit.Stamp.Gateway, known.Stamp.Gateway) is var byGateway and not 0)
        {
            return byGateway < 0;
        }

        if (edit.Stamp.EnvelopeMs != known.Stamp.EnvelopeMs)
        {
            return edit.Stamp.EnvelopeMs > known.Stamp.EnvelopeMs;
        }

        return edit.At < known.At;
    }

    /// <summary>In an order in which they are kept, the same for every order of arrival; which one counts is for <see cref="ChangeOrder"/>.</summary>
    private static ImmutableArray<Edit> Sorted(ImmutableArray<Edit> edits) => edits.Sort(static (a, b) =>
        CompareStamps(a.Stamp, b.Stamp) is var byStamp and not 0 ? byStamp : string.CompareOrdinal(a.Text, b.Text));

    private static int CompareStamps(ChangeStamp one, ChangeStamp other)
    {
        var bySent = Nullable.Compare(one.SentMs, other.SentMs);
        if (bySent != 0)
        {
            return bySent;
        }

        var byGateway = string.CompareOrdinal(one.Gateway, other.Gateway);
        return byGateway != 0 ? byGateway : Nullable.Compare(one.EnvelopeMs, other.EnvelopeMs);
    }

    private static Message WithReaction(Message kept, Reaction reaction) => kept with
    {
        Reactions = Latest(kept.Reactions, reaction, static (r, person) => r with { From = person }),
    };

    private static Message WithVote(Message kept, Vote vote) => kept with
    {
        Votes = Latest(kept.Votes, vote, static (v, person) => v with { From = person }),
    };

    /// <summary>Per person and gateway the latest; an empty one is remembered.</summary>
    /// <remarks>One person is named by number, by hidden id or by both: a naming by both shows that two kept ones are one person's.</remarks>
    private static ImmutableArray<T> Latest<T>(ImmutableArray<T> kept, T change, Func<T, Party, T> withPerson)
        where T : class, IPersonalChange
    {
        var (latest, person) = (change, change.From);
        var others = kept;
        for (var i = 0; i < others.Length;)
        {
            var known = others[i];
            if (known.Stamp.Gateway == change.Stamp.Gateway && IsSame(known.From, person))
            {
                latest = IsLater(latest, known) ? latest : known;
                person = Better(known.From, person)!;
                others = others.RemoveAt(i);
                i = 0;
            }
            else
            {
                i++;
            }
        }

        if (others.Length == kept.Length - 1 && !ReferenceEquals(latest, change) && latest.From == person)
        {
            return kept;
        }

        return others.Add(latest.From == person ? latest : withPerson(latest, person)).Sort(static (a, b) =>
            string.CompareOrdinal(a.Stamp.Gateway, b.Stamp.Gateway) is var byGateway and not 0
                ? byGateway
                : a.From.Best!.Value.CompareTo(b.From.Best!.Value));
    }

    /// <summary>Of the very same change told twice, the one that came first stays.</summary>
    private static bool IsLater(IPersonalChange one, IPersonalChange other)
    {
        var order = ChangeOrder.Compare(one.Stamp, one.Choice, other.Stamp, other.Choice);
        return order > 0 || (order == 0 && one.At < other.At);
    }

    /// <summary>Who wrote an inbound message, as far as it tells: in a direct chat that is its other party.</summary>
    private static Party? WriterOf(Party? author, Address from) =>
        author ?? (from.Kind is AddressKind.Phone or AddressKind.Lid ? Party.Of(from) : null);

    private static bool IsSame(Party one, Party other) => one.Is(other.Phone) || one.Is(other.Lid);

    /// <summary>When the statuses that a delivery tells were reached, as far as it tells.</summary>
    private static StatusTimes TimesOf(IncomingMessage delivery)
    {
        var times = StatusTimes.None;

        // A gateway's list says that it was sent, not when; whoever reads the message back may have known that better for long.
        if (delivery.Origin != MessageOrigin.Sync && delivery.Status >= MessageStatus.Sent && delivery.Status != MessageStatus.Failed)
        {
            times = times.With(MessageStatus.Sent, delivery.Timestamp);
        }

        // History says that a message was delivered or read, not when.
        return delivery.Origin != MessageOrigin.History && delivery.Status > MessageStatus.Sent
            ? times.With(delivery.Status, delivery.ReceivedAt)
            : times;
    }

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

        var phone = Better(kept.Phone, other.Phone);
        var lid = Better(kept.Lid, other.Lid);
        return phone == kept.Phone && lid == kept.Lid ? kept : new Party(phone, lid);
    }

    private static Address? Better(Address? kept, Address? other) =>
        kept is { } one && other is { } two ? Better(one, two) : kept ?? other;

    private static int Rank(Address address) => address.Kind switch
    {
        AddressKind.Session => 0,
        AddressKind.Lid => 1,
        _ => 2,
    };

    /// <summary>Dates a change that readers see: one of stamps alone is kept for the order of what follows, and shown nowhere.</summary>
    private static Message Stamp(Message kept, Message next, DateTimeOffset now) =>
        next == kept ? kept : MessageView.IsSame(kept, next) ? next : next with { UpdatedAt = now };

    private static T Max<T>(T one, T other)
        where T : struct, Enum => Comparer<T>.Default.Compare(one, other) >= 0 ? one : other;
}
