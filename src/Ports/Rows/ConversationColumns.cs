using Parley.Domain.Conversations;

namespace Parley.Ports.Rows;

/// <summary>A head made ready for its row.</summary>
internal sealed class ConversationColumns(ConversationHead head)
{
    /// <summary>Stands around every session's id, and in none.</summary>
    public const char SessionMark = '\n';

    public byte[] Head { get; } = StoreJson.Write(head);

    /// <summary>Where lists show it; null where they do not.</summary>
    public long? ActiveMs { get; } =
        head.IsVisible ? (head.LastActivityAt ?? head.CreatedAt).ToUnixTimeMilliseconds() : null;

    public bool Unread { get; } = head is { IsVisible: true, UnreadCount: > 0 };

    /// <summary>Visible, and one side of it has no number.</summary>
    public bool Hidden { get; } = head.IsHidden;

    public string Sessions { get; } =
        head.SessionIds.IsDefaultOrEmpty ? "" : SessionMark + string.Join(SessionMark, head.SessionIds) + SessionMark;

    /// <summary>Changes when the other side's addresses do.</summary>
    public string Parties { get; } = string.Join(' ', head.Group?.Value, head.Contact?.Phone?.Value, head.Contact?.Lid?.Value);
}
