using System.Text;
using System.Text.Json.Nodes;
using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>Values in every form in which the gateways write them: told by the value's type, not by the version.</summary>
public sealed class EncodingTests
{
    [Theory]
    [InlineData("1795345679", 1795345679000)]
    [InlineData("\"1795345679\"", 1795345679000)]
    [InlineData("1795345679.0", 1795345679000)]
    [InlineData("1.795345679e9", 1795345679000)]
    [InlineData("""{"low":1795345679,"high":0,"unsigned":true}""", 1795345679000)]
    [InlineData("""{"low":49349395,"high":418,"unsigned":false}""", 1795345679123)]
    [InlineData("1795345679123", 1795345679123)]
    [InlineData("\"1795345679123\"", 1795345679123)]
    [InlineData("1795345679123456", 1795345679123)]
    public void A_timestamp_is_read_in_every_form(string written, long milliseconds)
    {
        var message = Bodies.Observed("""{"conversation":"x"}""", $",\"messageTimestamp\":{written}");

        Assert.Equal(milliseconds, message.Timestamp.ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("-5")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"soon\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("true")]
    [InlineData("99999999999")]
    [InlineData("9223372036854775807")]
    [InlineData("1e300")]
    [InlineData("""{"low":0,"high":0,"unsigned":true}""")]
    [InlineData("""{"low":-1,"high":-1,"unsigned":false}""")]
    public void An_absurd_timestamp_gives_way_to_the_envelopes_time(string written)
    {
        var message = Bodies.Observed("""{"conversation":"x"}""", $",\"messageTimestamp\":{written}");

        Assert.Equal(1795345679546, message.Timestamp.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Only_a_payload_without_any_time_gets_the_time_of_receipt()
    {
        var body = Encoding.UTF8.GetBytes(
            $$$"""{"event":"messages.upsert","instance":"a","data":{"key":{{{Bodies.Direct}}},"message":{"conversation":"x"} } }""");

        Assert.EndsWith("at=received", Assert.Single(Described.Lines(new EvolutionWebhookReader().Read(body, Described.ReceivedAt))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("48211", 48211L)]
    [InlineData("\"48211\"", 48211L)]
    [InlineData("""{"low":48211,"high":0,"unsigned":true}""", 48211L)]
    [InlineData("""{"low":-1,"high":0,"unsigned":true}""", 4294967295L)]
    [InlineData("""{"low":0,"high":1,"unsigned":true}""", 4294967296L)]
    [InlineData("-1", null)]
    [InlineData("\"large\"", null)]
    [InlineData("[1]", null)]
    [InlineData("{}", null)]
    public void A_size_is_read_in_every_form(string written, long? expected) =>
        Assert.Equal(expected, Media("fileLength", written).Size);

    [Fact]
    public void A_hash_is_read_in_every_form()
    {
        byte[] hash = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];
        var numbers = string.Join(',', hash);
        var indexes = string.Join(',', hash.Select((b, i) => $"\"{i}\":{b}"));
        string[] forms =
        [
            $"\"{Convert.ToBase64String(hash)}\"", $"\"{Convert.ToHexString(hash)}\"", $"[{numbers}]", $"{{{indexes}}}",
            $$"""{"type":"Buffer","data":[{{numbers}}]}""",
        ];

        Assert.All(forms, form => Assert.Equal(Convert.ToHexStringLower(hash), Media("fileSha256", form).Sha256));
    }

    [Theory]
    [InlineData("\"abc=\"")]
    [InlineData("\"\"")]
    [InlineData("[1,2]")]
    [InlineData("""{"0":1,"1":2}""")]
    [InlineData("""{"0":"x"}""")]
    [InlineData("17")]
    [InlineData("null")]
    public void What_is_no_hash_is_none(string written) => Assert.Null(Media("fileSha256", written).Sha256);

    [Fact]
    public void Broken_text_is_kept_with_a_replacement()
    {
        var text = Bodies.Observed("""{"conversation":"a\ud83d b\ude00 c\u0000 d\ud83d\ude00 e\\u0000 f\\\u0000"}""").Content.Text;

        Assert.Equal("a\uFFFD b\uFFFD c\uFFFD d😀 e\\u0000 f\\\uFFFD", text);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_kept_with_a_replacement()
    {
        var body = Bodies.Of("messages.upsert", Bodies.Message("""{"conversation":"a#b"}"""));
        body[body.AsSpan().IndexOf("a#b"u8) + 1] = 0xC3;

        Assert.Contains("'a\uFFFDb'", Assert.Single(Described.Lines(new EvolutionWebhookReader().Read(body, Described.ReceivedAt))), StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_names_of_members_are_no_matter() =>
        Assert.Equal("x", Bodies.Observed("""{"\ud800":1,"\u0000":{},"conversation":"x"}""").Content.Text);

    [Fact]
    public void A_broken_escape_at_the_end_is_no_json() =>
        Assert.Throws<Ports.WebhookFormatException>(() => new EvolutionWebhookReader().Read("{\"event\":\"\\u"u8.ToArray(), Described.ReceivedAt));

    private static Media Media(string name, string written) =>
        Bodies.Observed(new JsonObject { ["imageMessage"] = new JsonObject { [name] = JsonNode.Parse(written) } }.ToJsonString()).Content.Media!;
}
