using FsCheck.Xunit;
using Parley.Domain.Addresses;
using Parley.Domain.Conversations;

namespace Parley.Domain.Tests.Addresses;

public sealed class AddressPairTests
{
    private static readonly Address[] Some =
    [
        Address.Parse("5511987650001"),
        Address.Parse("551187650001"),
        Address.Parse("5215512345678"),
        Address.Parse("525512345678"),
        Address.Parse("491701234567"),
        Address.Parse("100000000000011@lid"),
        Address.Parse("120363025246125888@g.us"),
        Address.OfSession("shop"),
        Address.OfSession("a/b:c 😀"),
        Address.OfSession(new string('ü', 60)),
    ];

    [Property]
    public void a_pair_has_no_order(int seed)
    {
        var (one, other) = Two(seed);

        Assert.Equal(AddressPair.Of(one, other), AddressPair.Of(other, one));
        Assert.Equal(ConversationId.Of(one, other), ConversationId.Of(other, one));
    }

    [Property]
    public void every_spelling_makes_the_same_pair(int seed)
    {
        var (one, other) = Two(seed);

        Assert.Equal(AddressPair.Of(one, other), AddressPair.Of(one.Canonical, other.Canonical));
    }

    [Property]
    public void a_pair_has_both_its_parties_and_no_other(int seed)
    {
        var (one, other) = Two(seed);
        var pair = AddressPair.Of(one, other);

        Assert.True(pair.Contains(one));
        Assert.True(pair.Contains(other));
        Assert.All(Some, third => Assert.Equal(
            third.Canonical == one.Canonical || third.Canonical == other.Canonical, pair.Contains(third)));
    }

    [Property]
    public void a_better_address_takes_the_place_of_the_known_one(int seed)
    {
        var (one, other) = Two(seed);
        var better = Some[(uint)(seed / 7) % Some.Length];

        Assert.Equal(AddressPair.Of(better, other), AddressPair.Of(one, other).Replace(one, better));
    }

    [Fact]
    public void a_pair_is_sorted_by_bytes()
    {
        var pair = AddressPair.Of(Address.Parse("9999"), Address.Parse("100000000000011@lid"));

        Assert.Equal("100000000000011@lid:9999", pair.ToString());
        Assert.Equal(
            "120363025246125888@g.us:session:shop",
            AddressPair.Of(Address.OfSession("shop"), Address.Parse("120363025246125888@g.us")).ToString());
    }

    private static (Address One, Address Other) Two(int seed)
    {
        var random = new Random(seed);
        var (one, other) = (random.Next(Some.Length), random.Next(Some.Length - 1));
        return (Some[one], Some[other < one ? other : other + 1]);
    }
}
