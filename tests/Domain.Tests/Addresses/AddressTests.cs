using FsCheck.Xunit;
using Parley.Domain.Addresses;

namespace Parley.Domain.Tests.Addresses;

public sealed class AddressTests
{
    [Theory]
    [InlineData("5511987650001", "5511987650001")]
    [InlineData("5511987650001@s.whatsapp.net", "5511987650001")]
    [InlineData("5511987650001:12@s.whatsapp.net", "5511987650001")]
    [InlineData("5511987650001@c.us", "5511987650001")]
    [InlineData("5511987650001@hosted", "5511987650001")]
    [InlineData("5511987650001@S.WhatsApp.Net", "5511987650001")]
    [InlineData("+55 (11) 98765-0001", "5511987650001")]
    [InlineData("00 55 11 98765 0001", "5511987650001")]
    [InlineData("+55\u00a011\u00a098765.0001", "5511987650001")]
    [InlineData("  5511987650001  ", "5511987650001")]
    [InlineData("190", "190")]
    [InlineData("100000000000011@lid", "100000000000011@lid")]
    [InlineData("100000000000011:7@lid", "100000000000011@lid")]
    [InlineData("100000000000011@hosted.lid", "100000000000011@lid")]
    [InlineData("120363025246125888@g.us", "120363025246125888@g.us")]
    [InlineData("120363025246125888", "120363025246125888@g.us")]
    [InlineData("5511987650001-1612345678@g.us", "5511987650001-1612345678@g.us")]
    [InlineData("5511987650001-1612345678", "5511987650001-1612345678@g.us")]
    [InlineData("session:shop-1", "session:shop-1")]
    [InlineData("session:shop one", "session:shop~20one")]
    [InlineData("session:shop~20one", "session:shop~20one")]
    public void every_spelling_of_a_party_is_read(string spelling, string expected)
    {
        Assert.True(Address.TryParse(spelling, out var address));
        Assert.Equal(expected, address.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("status@broadcast")]
    [InlineData("1612345678@broadcast")]
    [InlineData("120363025246125888@newsletter")]
    [InlineData("13135550002@bot")]
    [InlineData("@s.whatsapp.net")]
    [InlineData("@lid")]
    [InlineData("@g.us")]
    [InlineData("-@g.us")]
    [InlineData("abc@lid")]
    [InlineData("abc")]
    [InlineData("55a11987650001")]
    [InlineData("12")]
    [InlineData("1234567890123456")]
    [InlineData("session:")]
    [InlineData("5511987650001@example.com")]
    [InlineData("5511987650001@")]
    [InlineData("٥٥١١٩٨٧٦٥٠٠٠١")]
    public void what_names_no_party_is_refused(string? text)
    {
        Assert.False(Address.TryParse(text, out var address));
        Assert.Equal(default, address);
    }

    [Theory]
    [InlineData("5511987650001", AddressKind.Phone)]
    [InlineData("100000000000011@lid", AddressKind.Lid)]
    [InlineData("120363025246125888@g.us", AddressKind.Group)]
    [InlineData("session:shop", AddressKind.Session)]
    public void an_address_tells_what_it_names(string text, AddressKind kind) =>
        Assert.Equal(kind, Address.Parse(text).Kind);

    [Theory]
    [InlineData("shop-1")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("a~b")]
    [InlineData("~41")]
    [InlineData("😀 ação")]
    [InlineData("x@lid")]
    [InlineData(" ")]
    [InlineData("\t\n\0")]
    public void a_session_of_any_name_has_an_address_that_reads_back(string name)
    {
        var address = Address.OfSession(name);

        Assert.Equal(AddressKind.Session, address.Kind);
        Assert.Equal(name, address.SessionId);
        Assert.Equal(address, Address.Parse(address.Value));
        Assert.DoesNotContain(address.Value["session:".Length..], static c => c is '/' or ':' or '@' || c > '~');
    }

    [Fact]
    public void a_session_with_a_long_name_has_an_address_that_reads_back()
    {
        var address = Address.OfSession(string.Concat(Enumerable.Repeat("😀", 64)));

        Assert.Equal(address, Address.Parse(address.Value));
    }

    [Fact]
    public void a_typed_session_name_may_mix_an_escape_and_plain_characters() =>
        Assert.Equal("😀 x", Address.Parse("session:😀~20x").SessionId);

    [Fact]
    public void an_escape_has_two_hexadecimal_digits() =>
        Assert.Equal("a~ 7b", Address.Parse("session:a~ 7b").SessionId);

    [Property(MaxTest = 500)]
    public void whatever_is_read_reads_back_as_itself(string? text)
    {
        if (Address.TryParse(text, out var address))
        {
            Assert.Equal(address, Address.Parse(address.Value));
            Assert.Equal(address.Canonical, address.Canonical.Canonical);
            Assert.Equal(address.Canonical, Address.Parse(address.Canonical.Value));
        }
    }

    [Property(MaxTest = 500)]
    public void a_run_of_digits_and_signs_reads_back_as_itself(int seed)
    {
        const string signs = "0000123456789+ -.()\u00a0@";
        var random = new Random(seed);
        whatever_is_read_reads_back_as_itself(new string(random.GetItems<char>(signs, random.Next(3, 24))));
    }
}
