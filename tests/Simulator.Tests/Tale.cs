using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Tests;

/// <summary>A history made by hand that keeps every promise: a conversation by number, one under a hidden id that is merged into it,
/// statuses, a change that came early, a read, a deletion, and a message after it. Tests break one thing in it.</summary>
internal static class Tale
{
    public const string Tenant = "acme";
    public const string Session = "shop";

    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Address Line = Address.Parse("4915700000001");
    public static readonly Address Phone = Address.Parse("4915700000002");
    public static readonly Address Lid = Address.Parse("100000000000011@lid");

    /// <summary>Places of the steps, to break them by name.</summary>
    public const int Begin = 0, Told1 = 1, Delivered = 2, Read = 3, ReadTold = 4, Hidden = 5, Told2 = 6, Parked = 7, Told3 = 8, Pair = 9,
        Told4 = 10, Seal = 11, TakeOver = 12, Deletion = 13, DeletionTold = 14, Erasing = 15, Reopened = 16, Told5 = 17;

    private static readonly string Id = ConversationId.Of(Line, Phone);
    private static readonly string HiddenId = ConversationId.Of(Line, Lid);
    private static readonly StatusChange Receipt = new()
    {
        TargetId = "OUT1",
        Stamp = new ChangeStamp(null, null, "gw"),
        At = Noon.AddMinutes(2),
        Status = MessageStatus.Delivered,
    };

    private static readonly EditChange Edit = new()
    {
        TargetId = "LATER",
        Stamp = new ChangeStamp(1, null, "gw"),
        At = Noon.AddMinutes(3),
        Text = "edited",
    };

    public static History Good()
    {
        var in1 = Message("IN1", 1, Direction.In, Noon);
        var out1 = Message("OUT1", 2, Direction.Out, Noon.AddMinutes(1));
        var hid1 = Message("HID1", 1, Direction.In, Noon.AddMinutes(2));
        var later = Message("LATER", 4, Direction.In, Noon.AddMinutes(9)) with
        {
            Edits = [new Edit("edited", Edit.Stamp, Edit.At)],
            Content = new MessageContent { Type = MessageType.Text, Text = "edited" },
        };
        var head1 = Head(Id, Phone) with
        {
            Version = 1,
            EventNumber = 3,
            InboundCount = 1,
            OutboundCount = 1,
            UnreadCount = 1,
            LastSequence = 2,
            LastMessageSequence = 2,
            LastActivityAt = Noon.AddMinutes(1),
            Aliases = [AddressPair.Of(Line, Phone)],
        };
        var head2 = head1 with { Version = 2, EventNumber = 4 };
        var head3 = head2 with { Version = 3, EventNumber = 5, ReadUpTo = 2, UnreadCount = 0 };
        var hidden1 = Head(HiddenId, Lid) with
        {
            Version = 1,
            EventNumber = 2,
            InboundCount = 1,
            UnreadCount = 1,
            LastSequence = 1,
            LastMessageSequence = 1,
            LastActivityAt = hid1.Timestamp,
            Aliases = [AddressPair.Of(Line, Lid)],
        };
        var sealing = hidden1 with { Version = 2, EventNumber = 3, MergedInto = Id };
        var head4 = head3 with
        {
            Version = 4,
            EventNumber = 6,
            InboundCount = 2,
            UnreadCount = 1,
            LastSequence = 3,
            LastMessageSequence = 3,
            LastActivityAt = hid1.Timestamp,
        };
        var head5 = head4 with
        {
            Version = 5,
            EventNumber = 7,
            InboundCount = 0,
            OutboundCount = 0,
            UnreadCount = 0,
            DeletedUpTo = 3,
            LastMessageSequence = null,
        };
        var head6 = head5 with { Version = 6, ErasedUpTo = 3 };
        var head7 = head6 with
        {
            Version = 7,
            EventNumber = 8,
            InboundCount = 1,
            UnreadCount = 1,
            LastSequence = 4,
            LastMessageSequence = 4,
            LastActivityAt = later.Timestamp,
        };

        var told1 = Webhook(1, Fact(in1), Fact(out1));
        var told2 = Webhook(2, Fact(hid1) with { Peer = Lid });
        var told3 = Webhook(3, new ChangeFact(Edit, Line), new ChangeFact(Receipt, Line));
        var told4 = Webhook(4, new PairFact(new LidPair(Lid, Phone)));
        var told5 = Webhook(5, Fact(later) with { Text = "first" });
        return new History
        {
            Told = [told1, told2, told3, told4, told5],
            Steps =
            [
                new Committed(Commit(head1, 1, 2, [Event(1, EventType.ConversationCreated), Created(2, in1), Created(3, out1)]) with
                {
                    Added = [in1, out1], Aliases = head1.Aliases,
                }),
                new WebhookAnswered(told1),
                new Committed(Commit(head2, 0, 0, [Status(4, out1, MessageStatus.Pending, MessageStatus.Delivered)]) with
                {
                    Changed = [out1 with { Status = MessageStatus.Delivered, Times = StatusTimes.None.With(MessageStatus.Delivered, Receipt.At) }],
                }),
                new Committed(Commit(head3, 0, 0, [Event(5, EventType.ConversationRead)])),
                new ReadAnswered(Tenant, Id, 2),
                new Committed(Commit(hidden1, 1, 1, [Event(1, EventType.ConversationCreated), Created(2, hid1)]) with
                {
                    Added = [hid1], Aliases = hidden1.Aliases,
                }),
                new WebhookAnswered(told2),
                new ChangesParked(Tenant, [new ParkedChange(1, Tenant, Session, Edit)]),
                new WebhookAnswered(told3),
                new PairsLearned(Tenant, [new LidPair(Lid, Phone)]),
                new WebhookAnswered(told4),
                new Committed(Commit(sealing, -1, -1, [Event(3, EventType.ConversationSealed)])),
                new Committed(Commit(head4, 0, 1, [Event(6, EventType.ConversationMerged) with { From = HiddenId, Into = Id }]) with
                {
                    Moved = [new MovedMessage(HiddenId, 1, hid1 with { Sequence = 3, MergedFrom = new MergedFrom(HiddenId, 1) }, 3)],
                }),
                new Committed(Commit(head5, -1, -3, [Event(7, EventType.ConversationDeleted)])),
                new DeletionAnswered(Tenant, Id, 3),
                new Committed(Commit(head6, 0, 0, []) with { Erased = [1, 2, 3] }),
                new Committed(Commit(head7, 1, 1, [Created(8, later)]) with { Added = [later], Unparked = [1] }),
                new WebhookAnswered(told5),
            ],
        };
    }

    public static History With(this History history, int place, Func<ConversationCommit, ConversationCommit> change) => history with
    {
        Steps = history.Steps.SetItem(place, new Committed(change(((Committed)history.Steps[place]).Commit))),
    };

    public static History Without(this History history, int place) => history with { Steps = history.Steps.RemoveAt(place) };

    public static History After(this History history, int place, Step step) => history with { Steps = history.Steps.Insert(place + 1, step) };

    public static History Swapped(this History history, int one, int other) => history with
    {
        Steps = history.Steps.SetItem(one, history.Steps[other]).SetItem(other, history.Steps[one]),
    };

    public static Message Message(string externalId, long sequence, Direction direction, DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(),
        ExternalId = externalId,
        Sequence = sequence,
        Direction = direction,
        Origin = MessageOrigin.Live,
        Status = direction == Direction.Out ? MessageStatus.Pending : MessageStatus.Delivered,
        SessionId = Session,
        From = direction == Direction.Out ? Line : Phone,
        To = direction == Direction.Out ? Phone : Line,
        Content = new MessageContent { Type = MessageType.Text, Text = externalId },
        Timestamp = at,
        CreatedAt = at,
        UpdatedAt = at,
        CountsUnread = direction == Direction.In,
    };

    public static EventFacts Event(long number, string type) => new() { Type = type, Number = number, At = Noon };

    public static EventFacts Created(long number, Message message) => Event(number, EventType.MessageCreated) with
    {
        MessageId = message.Id,
        Sequence = message.Sequence,
        Current = message.Status,
        Origin = message.Origin,
    };

    public static EventFacts Status(long number, Message message, MessageStatus from, MessageStatus to) =>
        Event(number, EventType.MessageStatusChanged) with { MessageId = message.Id, Sequence = message.Sequence, Previous = from, Current = to };

    private static ConversationHead Head(string id, Address contact) => new()
    {
        ConversationId = id,
        Kind = ConversationKind.Direct,
        Line = Line,
        Contact = Party.Of(contact),
        CreatedAt = Noon,
        SessionIds = [Session],
    };

    private static ConversationCommit Commit(
        ConversationHead head, int visible, long messages, ImmutableArray<EventFacts> events) => new()
        {
            TenantId = Tenant,
            Head = head,
            VisibleDelta = visible,
            MessageDelta = messages,
            Events = events,
        };

    private static Webhook Webhook(int number, params ImmutableArray<Fact> facts) => new(number, Tenant, Session, facts);

    private static MessageFact Fact(Message message) => new(
        message.ExternalId, message.Direction, ConversationKind.Direct, Phone, Line, message.Content.Text, message.Timestamp, message.Status,
        message.Origin);
}
