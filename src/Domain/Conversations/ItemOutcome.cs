namespace Parley.Domain.Conversations;

/// <summary>What became of one <see cref="ConversationItem"/>.</summary>
public enum ItemOutcome
{
    /// <summary>A new message is kept.</summary>
    Kept,

    /// <summary>A kept message changed.</summary>
    Changed,

    /// <summary>It was known; nothing changed.</summary>
    Duplicate,

    /// <summary>It is about something deleted; nothing changed.</summary>
    Ignored,

    /// <summary>The message that it changes is not in this conversation (any more).</summary>
    NotHere,

    /// <summary>The message is kept in another conversation of the line already.</summary>
    Elsewhere,

    /// <summary>The store's unique index refused it: an incident, to be kept in quarantine.</summary>
    Refused,

    /// <summary>A message of another person is kept under its id: to be kept in quarantine.</summary>
    OthersMessage,
}
