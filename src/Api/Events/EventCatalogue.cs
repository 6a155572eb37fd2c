using Parley.Api.Rendering;
using Parley.Domain.Events;
using Parley.Domain.Messages;
using Parley.Domain.Sessions;
using Parley.Ports;

namespace Parley.Api.Events;

/// <summary>Every type of event. What is shown, the schemas, the OpenAPI document and the check of filters are made from this table.</summary>
internal static class EventCatalogue
{
    private const string Conversation = "5511987650001:5511987650002";
    private const string Hidden = "5511987650001:100000000000011@lid";
    private const string Session = "shop-1";
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Message = Guid.Parse("019cae2f-5c00-7000-8000-000000000001");

    public static IReadOnlyList<EventKind> All { get; } =
    [
        OfMessage(EventType.MessageCreated, "A message was kept: it came in, was sent from a phone, or was queued to be sent."),
        new(
            EventType.MessageStatusChanged,
            "The delivery status of a message went up.",
            typeof(MessageStatusEventData),
            static (e, message) => new MessageStatusEventData(
                EventKind.Needed(message),
                e.Facts.Previous is { } previous ? MessageRenderer.Shown(previous) : null,
                MessageRenderer.Shown(EventKind.Needed(e.Facts.Current)),
                e.Facts.At),
            Sample(EventType.MessageStatusChanged) with { Previous = MessageStatus.Sent, Current = MessageStatus.Delivered }),
        OfMessage(EventType.MessageEdited, "The text of a message was changed by its author."),
        OfMessage(EventType.MessageDeleted, "A message was deleted for everyone, or turned out to be another one's double."),
        OfMessage(EventType.MessageReaction, "A reaction was put on a message, changed or taken away."),
        OfMessage(EventType.MessageUpdated, "A vote, media that arrived, or a better reading of a message that is already kept."),
        new(
            EventType.ConversationCreated,
            "The first message of a conversation was kept; its own event follows.",
            typeof(ConversationCreatedData),
            static (e, _) => new ConversationCreatedData(e.Subject, e.Facts.SessionId),
            Sample(EventType.ConversationCreated)),
        new(
            EventType.ConversationRead,
            "A conversation was marked read.",
            typeof(ConversationReadData),
            static (e, _) => new ConversationReadData(e.Subject, e.Facts.Sequence ?? 0),
            Sample(EventType.ConversationRead)),
        new(
            EventType.ConversationUpdated,
            "A better address of a party, or of the line, became known.",
            typeof(ConversationUpdatedData),
            static (e, _) => new ConversationUpdatedData(e.Subject),
            Sample(EventType.ConversationUpdated)),
        new(
            EventType.ConversationDeleted,
            "A conversation was deleted: events of its messages that are delivered later have no content.",
            typeof(ConversationDeletedData),
            static (e, _) => new ConversationDeletedData(e.Subject, e.Facts.Sequence ?? 0),
            Sample(EventType.ConversationDeleted)),
        new(
            EventType.ConversationSealed,
            "The last event under the id of a conversation that goes on in another one.",
            typeof(ConversationSealedData),
            static (e, _) => new ConversationSealedData(e.Subject, e.Facts.Into ?? "", e.Facts.LastSequence ?? 0),
            Sample(EventType.ConversationSealed) with { From = Hidden, Into = Conversation, LastSequence = 3 }),
        new(
            EventType.ConversationMerged,
            "A conversation has taken over the messages of another one; their ids are unchanged, their sequences are new.",
            typeof(ConversationMergedData),
            static (e, _) => new ConversationMergedData(
                e.Subject, e.Facts.From ?? "", e.Facts.Into ?? e.Subject, e.Facts.FirstSequence, e.Facts.LastSequence),
            Sample(EventType.ConversationMerged) with { From = Hidden, Into = Conversation, FirstSequence = 5, LastSequence = 7 }),
        new(
            EventType.SessionCreated,
            "A session was made, or appeared with its first webhook.",
            typeof(SessionCreatedData),
            static (e, _) => new SessionCreatedData(e.Subject, EventKind.Needed(e.Facts.CurrentSession)),
            Sample(EventType.SessionCreated) with { CurrentSession = SessionStatus.Creating }),
        new(
            EventType.SessionStatusChanged,
            "The state of a session changed.",
            typeof(SessionStatusData),
            static (e, _) => new SessionStatusData(
                e.Subject, EventKind.Needed(e.Facts.PreviousSession), EventKind.Needed(e.Facts.CurrentSession), e.Facts.Reason),
            Sample(EventType.SessionStatusChanged) with
            {
                PreviousSession = SessionStatus.Connecting,
                CurrentSession = SessionStatus.Open,
                Reason = "200",
            }),
        new(
            EventType.SessionUpdated,
            "The settings or the metadata of a session changed.",
            typeof(SessionUpdatedData),
            static (e, _) => new SessionUpdatedData(e.Subject),
            Sample(EventType.SessionUpdated)),
        new(
            EventType.SessionQrUpdated,
            "A fresh QR code can be fetched. The code itself is in no event.",
            typeof(SessionQrData),
            static (e, _) => new SessionQrData(e.Subject, e.Facts.ExpiresAt ?? e.Facts.At),
            Sample(EventType.SessionQrUpdated) with { ExpiresAt = Noon.AddMinutes(1) }),
        new(
            EventType.SessionAttention,
            "A person must do something for a session, or need not any more.",
            typeof(SessionAttentionData),
            static (e, _) => new SessionAttentionData(e.Subject, e.Facts.Attention),
            Sample(EventType.SessionAttention) with { Attention = Attention.ScanQr }),
        new(
            EventType.SessionDeleted,
            "A session was deleted; its conversations stay.",
            typeof(SessionDeletedData),
            static (e, _) => new SessionDeletedData(e.Subject, e.Facts.PreviousSession),
            Sample(EventType.SessionDeleted) with { PreviousSession = SessionStatus.Open }),
        new(
            EventType.EndpointDisabled,
            "A webhook endpoint gets no events any more: it failed for too long, or said that it is gone.",
            typeof(EndpointDisabledData),
            static (e, _) => new EndpointDisabledData(e.Subject, e.Facts.Reason),
            Sample(EventType.EndpointDisabled) with { Reason = "gone" }),
        new(
            EventType.Unreadable,
            "An event was logged that cannot be shown: its row is damaged, or a newer version wrote it. Read anew what its subject names.",
            typeof(UnreadableEventData),
            static (e, _) => new UnreadableEventData(e.Facts.KnownType, e.Facts.SessionId, e.Facts.MessageId),
            Sample(EventType.Unreadable) with { WasType = EventType.MessageStatusChanged, MessageId = Message }),
    ];

    private static readonly Dictionary<string, EventKind> Kinds = All.ToDictionary(static kind => kind.Type, StringComparer.Ordinal);

    /// <returns>Null for a type that only a newer node knows.</returns>
    public static EventKind? Find(string type) => Kinds.GetValueOrDefault(type);

    /// <summary>A row of the log as it could be.</summary>
    public static LoggedEvent Example(EventKind kind) => new("acme", 42, 42, Subject(kind), kind.Sample, Noon);

    private static string Subject(EventKind kind) => kind.Type switch
    {
        EventType.EndpointDisabled => "ep_019cae2f5c0070008000000000000006",
        EventType.ConversationSealed => Hidden,
        var type when type.StartsWith("session.", StringComparison.Ordinal) => Session,
        _ => Conversation,
    };

    private static EventKind OfMessage(string type, string description) =>
        new(type, description, typeof(MessageEventData), static (_, message) => new MessageEventData(EventKind.Needed(message)), Sample(type));

    private static EventFacts Sample(string type) => new()
    {
        Type = type,
        Number = 7,
        At = Noon,
        SessionId = Session,
        MessageId = EventKind.IsOfMessage(type) ? Message : null,
        Sequence = 1,
    };
}
