namespace Parley.Domain.Messages;

/// <summary>How a message became known. The greater wins when a message comes in several ways.</summary>
public enum MessageOrigin
{
    /// <summary>From before Parley (<c>messages.set</c>): counts no unread.</summary>
    History,

    /// <summary>Missed when it happened and found later in the gateway's own list.</summary>
    Sync,

    /// <summary>Told by a webhook as it happened.</summary>
    Live,
}
