namespace Parley.Domain.Events;

/// <summary>The names of the events, as subscribers see them.</summary>
public static class EventType
{
    public const string MessageCreated = "message.created";
    public const string MessageStatusChanged = "message.status_changed";
    public const string MessageEdited = "message.edited";
    public const string MessageDeleted = "message.deleted";
    public const string MessageReaction = "message.reaction";

    /// <summary>A vote, media that arrived, or a better reading of a message that is already kept.</summary>
    public const string MessageUpdated = "message.updated";
    public const string ConversationCreated = "conversation.created";
    public const string ConversationRead = "conversation.read";
    public const string ConversationDeleted = "conversation.deleted";

    /// <summary>The last event under the key of a conversation that goes into another.</summary>
    public const string ConversationSealed = "conversation.sealed";
    public const string ConversationMerged = "conversation.merged";

    /// <summary>A better address of a party, or of the line, became known.</summary>
    public const string ConversationUpdated = "conversation.updated";
    public const string SessionCreated = "session.created";
    public const string SessionStatusChanged = "session.status_changed";
    public const string SessionDeleted = "session.deleted";

    /// <summary>Its settings or its metadata changed.</summary>
    public const string SessionUpdated = "session.updated";

    /// <summary>A person must do something for it, or need not any more.</summary>
    public const string SessionAttention = "session.attention";

    /// <summary>An endpoint of the tenant gets no events any more: it failed for too long, or said that it is gone.</summary>
    public const string EndpointDisabled = "webhook_endpoint.disabled";

    /// <summary>An event was logged whose row is damaged, or was written by a newer version: its facts are not known.</summary>
    public const string Unreadable = "event.unreadable";

    /// <summary>A fresh QR code can be fetched.</summary>
    public const string SessionQrUpdated = "session.qr_updated";
}
