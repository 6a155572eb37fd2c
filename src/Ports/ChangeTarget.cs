using Parley.Domain.Addresses;
using Parley.Domain.Messages;

namespace Parley.Ports;

/// <summary>Which of several messages with one gateway id a change is about.</summary>
/// <remarks>Ids are unique per chat and sender only: two lines of one tenant in a group, or writing to each other, both have the
/// message. The same session wins, then the same line; a copy of another line is never meant.</remarks>
public static class ChangeTarget
{
    public static KeptMessage? Choose(IEnumerable<KeptMessage> messages, string sessionId, Address? line, LineNames names)
    {
        KeptMessage? chosen = null;
        var best = 0;
        foreach (var message in messages)
        {
            var rank = Rank(message, sessionId, line, names);
            if (rank > best)
            {
                (chosen, best) = (message, rank);
            }
        }

        return chosen;
    }

    /// <summary>Whether a kept message is a copy that this line has (of a tombstone only its conversation tells).</summary>
    public static bool IsOfLine(KeptMessage message, string sessionId, Address? line, LineNames names) =>
        Rank(message, sessionId, line, names) > 0;

    /// <summary>The two parties that a conversation's id names; every reading of it, should there be several.</summary>
    internal static IEnumerable<Address> PartiesOf(string conversationId)
    {
        // A session's address has a colon of its own: try each one as the border between the two parties.
        var colon = conversationId.IndexOf(':', StringComparison.Ordinal);
        while (colon > 0)
        {
            if (Address.TryParse(conversationId[..colon], out var low) && Address.TryParse(conversationId[(colon + 1)..], out var high))
            {
                yield return low;
                yield return high;
            }

            colon = conversationId.IndexOf(':', colon + 1);
        }
    }

    private static int Rank(KeptMessage kept, string sessionId, Address? line, LineNames names)
    {
        var wanted = line is { } known ? names.Of(known).Canonical : (Address?)null;
        if (kept.Message is not { } message)
        {
            return PartiesOf(kept.ConversationId).Any(party => names.Of(party).Canonical == wanted) ? 1 : 0;
        }

        if (message.SessionId == sessionId)
        {
            return 3;
        }

        var own = message.Direction == Direction.In ? message.To : message.From;
        return names.Of(own).Canonical == wanted ? 2 : 0;
    }
}
