using System.Text.Json;
using Parley.Domain.Addresses;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>One person from several addresses: the first number and the first hidden id count.</summary>
internal ref struct PartyBuilder
{
    private Address? _phone;
    private Address? _lid;

    public readonly Party Party => new(_phone, _lid);

    /// <summary>Both addresses, where there are both.</summary>
    public readonly LidPair? Pair => _phone is { } phone && _lid is { } lid ? new(lid, phone) : null;

    public void Add(JsonElement value)
    {
        if (Address.TryParse(value.Text(), out var address))
        {
            Add(address);
        }
    }

    public void Add(Address address)
    {
        switch (address.Kind)
        {
            case AddressKind.Phone:
                _phone ??= address;
                break;
            case AddressKind.Lid:
                _lid ??= address;
                break;
            default:
                break;
        }
    }
}
