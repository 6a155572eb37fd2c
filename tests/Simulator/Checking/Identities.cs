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
        foreach (var fact in told.SelectMany(w => w.Facts))
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
    }

    /// <summary>One name for all addresses of a party.</summary>
    public string Of(Address address) => Root(address.Canonical.Value);

    /// <summary>Whether an address of the party got a second number: then which conversation is whose depends on the order.</summary>
    public bool IsUnclear(Address address) => _unclear.Count > 0 && _unclear.Any(u => Root(u) == Of(address));

    private void Join(Address known, Address better)
    {
        if (_first.TryGetValue(known, out var first) && first.Canonical != better.Canonical)
        {
            _unclear.Add(known.Canonical.Value);
        }

        _first.TryAdd(known, better);
        _parent[Root(known.Canonical.Value)] = Root(better.Canonical.Value);
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
