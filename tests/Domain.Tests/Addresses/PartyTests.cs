using Parley.Domain.Addresses;

namespace Parley.Domain.Tests.Addresses;

public sealed class PartyTests
{
    private static readonly Address Phone = Address.Parse("5511987650001");
    private static readonly Address Lid = Address.Parse("100000000000011@lid");

    [Fact]
    public void a_number_is_better_than_a_hidden_id()
    {
        Assert.Equal(Phone, new Party(Phone, Lid).Best);
        Assert.Equal(Lid, Party.Of(Lid).Best);
        Assert.False(new Party(null, null).IsKnown);
    }

    [Fact]
    public void a_party_is_each_of_its_addresses_in_any_spelling()
    {
        var party = new Party(Phone, Lid);

        Assert.True(party.Is(Address.Parse("551187650001")));
        Assert.True(party.Is(Lid));
        Assert.False(party.Is(Address.Parse("5511987650002")));
        Assert.False(party.Is(null));
        Assert.False(new Party(null, null).Is(null));
    }
}
