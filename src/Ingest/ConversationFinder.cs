using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Leads every spelling of two parties, and every old id, to the one conversation that stays.</summary>
public sealed class ConversationFinder(IConversationStore store, IAddressBook book, ISessionStore sessions, IQueries queries)
{
    private const int MostPointers = 16;

    /// <returns>The id of the conversation of two parties, in either order; null when there is none.</returns>
    public async Task<string?> Find(string tenantId, Address one, Address other, CancellationToken cancellationToken)
    {
        var (first, second) = (await Names(tenantId, one, cancellationToken), await Names(tenantId, other, cancellationToken));
        var pairs = first.SelectMany(a => second.Select(b => AddressPair.Of(a, b))).Distinct().ToList();
        var found = await book.FindConversations(tenantId, pairs, cancellationToken);
        foreach (var pair in pairs)
        {
            if (found.TryGetValue(pair, out var id) && await Follow(tenantId, id, cancellationToken) is { } head)
            {
                return head.ConversationId;
            }
        }

        return null;
    }

    /// <returns>The conversation, or the one that it was merged into; null when there is none to be seen.</returns>
    public async Task<ConversationEntry?> Open(string tenantId, string conversationId, CancellationToken cancellationToken)
    {
        if (await Follow(tenantId, conversationId, cancellationToken) is not { } head)
        {
            return null;
        }

        var entry = await queries.ReadConversation(tenantId, head.ConversationId, cancellationToken);
        return entry is { Head.IsVisible: true } ? entry : null;
    }

    /// <returns>The head of the conversation that stays; null when nothing is kept under the id.</returns>
    public async Task<ConversationHead?> Follow(string tenantId, string conversationId, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MostPointers; i++)
        {
            var head = await store.ReadHead(tenantId, conversationId, cancellationToken);
            if (head?.MergedInto is not { } next)
            {
                return head;
            }

            conversationId = next;
        }

        return null;
    }

    /// <summary>The ways in which one party may be named, the best first.</summary>
    private async Task<IReadOnlyList<Address>> Names(string tenantId, Address address, CancellationToken cancellationToken)
    {
        switch (address.Kind)
        {
            case AddressKind.Session:
                var session = await sessions.ReadSession(tenantId, address.SessionId!, cancellationToken);
                return session?.PhoneNumber is { } number ? [number, address] : [address];
            case AddressKind.Lid:
                var phones = await book.FindPhones(tenantId, [address], cancellationToken);
                return phones.TryGetValue(address, out var phone) ? [phone, address] : [address];
            case AddressKind.Phone:
                return [address, .. await book.FindLids(tenantId, address, cancellationToken)];
            default:
                return [address];
        }
    }
}
