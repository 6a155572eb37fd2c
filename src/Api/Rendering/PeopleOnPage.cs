using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ports;

namespace Parley.Api.Rendering;

/// <summary>Gathers who is on a page, so that the address book and the directory are asked once each.</summary>
internal sealed class PeopleOnPage
{
    private readonly HashSet<Address> _lids = [];
    private readonly HashSet<Address> _named = [];
    private readonly List<Party> _authors = [];

    public void Add(ConversationHead head)
    {
        Add(head.Contact);
        Name(head.Contact?.Phone);
        Name(head.Contact?.Lid);
        Name(head.Group);
    }

    public void Add(Message message)
    {
        Add(message.From);
        Add(message.To);
        Add(message.Author);
        if (message is { Author: { IsKnown: true } author, AuthorName: null })
        {
            _authors.Add(author);
        }

        foreach (var reaction in message.Reactions)
        {
            Add(reaction.From);
        }

        foreach (var vote in message.Votes)
        {
            Add(vote.From);
        }

        foreach (var mention in message.Content.Mentions)
        {
            Add(mention);
        }
    }

    public async Task<People> Find(IAddressBook book, IDirectory directory, string tenantId, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<Address, Address> phones =
            _lids.Count == 0 ? new Dictionary<Address, Address>() : await book.FindPhones(tenantId, _lids, cancellationToken);
        foreach (var lid in _named.Where(address => address.Kind == AddressKind.Lid).ToList())
        {
            Name(phones.TryGetValue(lid, out var phone) ? phone : null);
        }

        foreach (var author in _authors)
        {
            Name(author.Phone);
            Name(author.Lid);
            Name(author.Lid is { } lid && phones.TryGetValue(lid, out var phone) ? phone : null);
        }

        IReadOnlyDictionary<Address, DirectoryEntry> names =
            _named.Count == 0 ? new Dictionary<Address, DirectoryEntry>() : await directory.Find(tenantId, _named, cancellationToken);
        return new People(phones, names);
    }

    private void Add(Party? party)
    {
        if (party is { Phone: null, Lid: { } lid })
        {
            _lids.Add(lid);
        }
    }

    private void Add(Address address)
    {
        if (address.Kind == AddressKind.Lid)
        {
            _lids.Add(address);
        }
    }

    private void Name(Address? address)
    {
        if (address is { } known)
        {
            _named.Add(known.Canonical);
        }
    }
}
