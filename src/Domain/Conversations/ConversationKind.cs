namespace Parley.Domain.Conversations;

/// <summary>Whether the other side of a conversation is a person or a group.</summary>
public enum ConversationKind
{
    Direct,
    Group,
}
