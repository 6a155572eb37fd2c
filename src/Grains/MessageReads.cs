using System.Collections.Immutable;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>The look-ups of a conversation's messages and of what is parked for them.</summary>
/// <exception cref="RetryableException">The store did not answer.</exception>
internal sealed class MessageReads(IConversationStore store, ISessionStore sessions, RecentMessages recent, string tenantId)
{
    /// <summary>Whether all of it is taken for new without a look-up. Most deliveries are, and the commit says so: a store that knows
    /// better refuses it, and tells what it knows.</summary>
    public bool IsFresh(ApplyRequest request) => request.Items.All(
        item => item is KeepItem { Message: var message } && recent.Find(new MessageKey(message.Direction, message.ExternalId)) is null);

    /// <param name="sends">Ids of sends that may turn out to be among the items.</param>
    public Task<MessageLookup> LookUp(ImmutableArray<ConversationItem> items, IEnumerable<string> sends)
    {
        var ids = new HashSet<string>(sends, StringComparer.Ordinal);
        foreach (var item in items)
        {
            // A change of a message that was committed here a moment ago needs no read; a delivery always looks for what is parked.
            if (item is not ChangeItem change || recent.Find(new MessageKey(change.Direction, change.ExternalId)) is null)
            {
                ids.Add(item.ExternalId);
            }
        }

        return LookUp(ids, items.Select(LineOf));
    }

    /// <param name="lines">The lines of what is to be decided by it.</param>
    public async Task<MessageLookup> LookUp(IReadOnlyCollection<string> ids, IEnumerable<Address?> lines)
    {
        if (ids.Count == 0)
        {
            return MessageLookup.Nothing;
        }

        try
        {
            return await WithLines(await store.LookUp(tenantId, ids, CancellationToken.None), lines);
        }
        catch (StoreException e)
        {
            throw new RetryableException("The messages could not be looked up.", e);
        }
    }

    public async Task<MessageLookup> WithLines(MessageLookup lookup, IEnumerable<Address?> lines) =>
        lookup with { Lines = await LineNames.Read(sessions, tenantId, lookup, lines, CancellationToken.None) };

    /// <summary>The line whose item it is, as far as the item tells.</summary>
    public static Address? LineOf(ConversationItem item) => item switch
    {
        KeepItem { Message: { Direction: Direction.In } received } => received.To,
        KeepItem { Message: var sent } => sent.From,
        ChangeItem change => change.Change.Line,
        _ => null,
    };
}
