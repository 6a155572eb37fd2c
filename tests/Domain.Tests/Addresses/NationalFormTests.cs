using Parley.Domain.Addresses;

namespace Parley.Domain.Tests.Addresses;

public sealed class NationalFormTests
{
    [Theory]
    [InlineData("5511987650001", "551187650001")] // Brazil, mobile: with and without the ninth digit
    [InlineData("5511967650001", "551167650001")]
    [InlineData("5521999990001", "552199990001")]
    [InlineData("5215512345678", "525512345678")] // Mexico: with and without the 1
    [InlineData("5491123456789", "541123456789")] // Argentina: with and without the 9
    public void two_spellings_of_one_line_are_one(string one, string other)
    {
        Assert.NotEqual(Address.Parse(one), Address.Parse(other));
        Assert.Equal(Address.Parse(one).Canonical, Address.Parse(other).Canonical);
    }

    [Theory]
    [InlineData("551133334444")] // Brazil, landline
    [InlineData("5511933334444")] // no mobile number begins so: the nine stays
    [InlineData("5511953334444")]
    [InlineData("5511887650001")] // 13 digits, but no nine to leave out
    [InlineData("5225512345678")]
    [InlineData("5411234567890")]
    [InlineData("525512345678")]
    [InlineData("4915112345678")] // Germany
    [InlineData("3511987650001")]
    [InlineData("5511987650001@lid")] // a hidden id is not a number
    [InlineData("55119876500010")] // too long for it
    public void other_numbers_stay_as_they_are(string text)
    {
        var address = Address.Parse(text);

        Assert.Equal(address, address.Canonical);
    }

    [Fact]
    public void a_landline_and_a_mobile_line_are_two() =>
        Assert.NotEqual(Address.Parse("5511933334444").Canonical, Address.Parse("551133334444").Canonical);
}
