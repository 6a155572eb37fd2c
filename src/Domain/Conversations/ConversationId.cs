using Parley.Domain.Addresses;

namespace Parley.Domain.Conversations;

/// <summary>The id of a conversation: <c>low:high</c>, its two parties sorted by bytes, as they were when it began.</summary>
public static class ConversationId
{
    public static string Of(Address one, Address other) =>
        one <= other ? $"{one.Value}:{other.Value}" : $"{other.Value}:{one.Value}";
}
