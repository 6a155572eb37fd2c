using Parley.Domain.Addresses;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Checking;

/// <summary>Which addresses are one party, by all that was told: hidden ids with their numbers, sessions with theirs.</summary>
internal sealed class Identities
{
    private readonly Dictionary<string, string> _parent = new(StringComparer.Ordinal);
    private readonly Dictionary<Address, Address> _first = [];
    private readonly HashSet<string> _unclear = new(StringComparer.Ordinal);

    public Identities(IEnumerable<Webhook> told)
    {
        var facts = told.SelectMany(w => w.Facts).ToList();
        foreach (var fact in facts)
        {
            switch (fact)
            {
                case PairFact { Pair: var pair }:
                    Join(pair.Lid, pair.Phone);
                    break;
                case NumberFact number:
                    Join(Address.OfSession(number.SessionId), number.PhoneNumber);
                    break;
            }
        }

        // One message told of a hidden id and of a number shows that they are one person, too: to the line that has it.
        foreach (var same in facts.OfType<MessageFact>().GroupBy(f => (Line: Of(f.Line), f.Direction, f.ExternalId)))
        {
            foreach (var hidden in same.Where(f => f.Peer.Kind == AddressKind.Lid))
            {
                foreach (var other in same.Where(f => f.Peer != hidden.Peer))
                {
                    Unite(ScopedName(same.Key.Line, hidden.Peer), ScopedName(same.Key.Line, other.Peer));
                }
            }
        }
    }

    /// <summary>One name for all addresses of a party.</summary>
    public string Of(Address address) => Root(address.Canonical.Value);

    /// <summary>One name for all addresses of a party, as far as a line can know.</summary>
    public string Of(Address line, Address contact)
    {
        var lineName = Of(line);
        return Root(ScopedName(lineName, contact))[(lineName.Length + 1)..];
    }

    /// <summary>Whether an address of the party got a second number: then which conversation is whose depends on the order.</summary>
    public bool IsUnclear(Address address) => _unclear.Count > 0 && _unclear.Any(u => Root(u) == Of(address));

    private void Join(Address known, Address better)
    {
        if (_first.TryGetValue(known, out var first) && first.Canonical != better.Canonical)
        {
            _unclear.Add(known.Canonical.Value);
        }

        _first.TryAdd(known, better);
        Unite(known.Canonical.Value, better.Canonical.Value);
    }

    private string ScopedName(string line, Address contact) => $"{line}|{Of(contact)}";

    private void Unite(string one, string other)
    {
        var (a, b) = (Root(one), Root(other));
        if (a != b)
        {
            _parent[a] = b;
        }
    }

    private string Root(string address)
    {
        while (_parent.TryGetValue(address, out var parent) && parent != address)
        {
            address = parent;
        }

        return address;
    }
}
