using Parley.Domain.Addresses;
using Parley.Ports;

namespace Parley.Api.Rendering;

/// <summary>What the address book and the directory know of the people on one page.</summary>
internal sealed class People(
    IReadOnlyDictionary<Address, Address> phones, IReadOnlyDictionary<Address, DirectoryEntry> directory)
{
    /// <summary>The number of a hidden id where it has one; anything else as it is.</summary>
    public Address Shown(Address address) =>
        address.Kind == AddressKind.Lid && phones.TryGetValue(address, out var phone) ? phone : address;

    /// <summary>The best address of a person: the same for every way of naming one.</summary>
    public Address Shown(Party party) =>
        party.Phone ?? (party.Lid is { } lid ? Shown(lid) : throw new ArgumentException("Nobody is named.", nameof(party)));

    /// <summary>The first of some addresses of which the directory tells something.</summary>
    public T? Find<T>(Func<DirectoryEntry, T?> what, params ReadOnlySpan<Address?> addresses)
        where T : class
    {
        foreach (var address in addresses)
        {
            if (address is { } known && directory.TryGetValue(known.Canonical, out var entry) && what(entry) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
