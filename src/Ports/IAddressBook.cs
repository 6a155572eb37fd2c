using Parley.Domain.Addresses;
using Parley.Domain.Conversations;

namespace Parley.Ports;

/// <summary>Which hidden id is which number, and which pair of parties is which conversation, per tenant.</summary>
public interface IAddressBook
{
    /// <returns>The numbers of those hidden ids that have one.</returns>
    Task<IReadOnlyDictionary<Address, Address>> FindPhones(
        string tenantId, IReadOnlyCollection<Address> lids, CancellationToken cancellationToken);

    /// <returns>The hidden ids that have this number, in its canonical form.</returns>
    Task<IReadOnlyList<Address>> FindLids(string tenantId, Address phone, CancellationToken cancellationToken);

    /// <summary>
    /// Makes pairs durable. The first number of a hidden id under which a conversation is found leaves a
    /// <see cref="Parley.Domain.Work.SameParty"/> in the same transaction; another number replaces it for new messages and merges nothing.
    /// </summary>
    /// <remarks>Whoever begins a conversation under a hidden id looks for its number once more afterwards.</remarks>
    /// <returns>Whether it left a to-do.</returns>
    Task<bool> Learn(string tenantId, IReadOnlyCollection<LidPair> pairs, DateTimeOffset now, CancellationToken cancellationToken);

    /// <returns>The conversations to which these pairs lead.</returns>
    Task<IReadOnlyDictionary<AddressPair, string>> FindConversations(
        string tenantId, IReadOnlyCollection<AddressPair> pairs, CancellationToken cancellationToken);

    /// <summary>The pairs in which a party stands, in the order of the pair's text.</summary>
    /// <param name="after">The pair after which to go on; null = from the start.</param>
    Task<IReadOnlyList<(AddressPair Pair, string ConversationId)>> FindByParty(
        string tenantId, Address party, AddressPair? after, int limit, CancellationToken cancellationToken);

    /// <summary>Visible conversations of all tenants, for the sweep, in which one side has no number: the contact is known by a hidden id
    /// alone, or the line by its session.</summary>
    Task<IReadOnlyList<(string TenantId, ConversationHead Head)>> FindHidden(
        (string TenantId, string ConversationId)? after, int limit, CancellationToken cancellationToken);
}
