using Parley.Domain.Addresses;
using Parley.Domain.Conversations;

namespace Parley.Ports.Rows;

/// <summary>The addresses by which the other side of a conversation is found.</summary>
internal static class OtherSide
{
    public static IEnumerable<Address> Addresses(ConversationHead head)
    {
        if (head.Group is { } group)
        {
            yield return group;
        }

        if (head.Contact?.Phone is { } phone)
        {
            yield return phone;
        }

        if (head.Contact?.Lid is { } lid)
        {
            yield return lid;
        }
    }
}
