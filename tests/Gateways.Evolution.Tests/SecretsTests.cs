using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Parley.Domain.Observations;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>What of a payload may be kept.</summary>
public sealed class SecretsTests
{
    private static readonly string[] Secret = ["apikey", "api_key", "base64", "mediaKey", "pairingCode", "jwt", "token", "accessToken", "code"];

    private static readonly EvolutionWebhookReader Reader = new();

    [Fact]
    public void A_payload_has_its_envelope_and_one_element_and_no_secrets()
    {
        var body = Encoding.UTF8.GetBytes("""
            {"isLatest":true,"event":"messages.set","instance":"shop 1","date_time":"2026-11-22T11:07:59.546Z","sender":"4915550100231@s.whatsapp.net",
             "destination":"https://parley.example/webhooks/evolution/SECRET-1","server_url":"http://gw","apikey":"SECRET-2","api_key":"SECRET-3",
             "data":[{"n":0},
                     {"n":1,"message":{"imageMessage":{"caption":"c","mediaKey":{"0":1},"jpegThumbnail":"SECRET-4","Token":"SECRET-5"},"base64":"SECRET-6"},
                      "deep":[{"accessToken":"SECRET-7","jwt":"SECRET-8","messageSecret":"SECRET-9"}]}]}
            """);

        var payload = Reader.Read(body, Described.ReceivedAt).PayloadOf(1);

        Assert.Equal(
            """{"event":"messages.set","instance":"shop 1","date_time":"2026-11-22T11:07:59.546Z","sender":"4915550100231@s.whatsapp.net","data":{"n":1,"message":{"imageMessage":{"caption":"c"}},"deep":[{}]}}""",
            Encoding.UTF8.GetString(payload.Span));
    }

    [Theory]
    [InlineData("qrcode.updated", """{"qrcode":{"instance":"a","pairingCode":"SECRET","code":"SECRET","base64":"SECRET"}}""")]
    [InlineData("new.jwt", """{"jwt":"SECRET","instanceName":"a"}""")]
    [InlineData("messages.starred", """{"nested":[[[{"apikey":"SECRET"}]]]}""")]
    [InlineData("messages.edited", """{"historySyncNotification":{"initialHistBootstrapInlinePayload":"SECRET"}}""")]
    [InlineData("messages.upsert", """{"message":{"orderMessage":{"token":"SECRET"},"imageMessage":{"media":"SECRET"}}}""")]
    [InlineData("messages.upsert", """{"message":{"senderKeyDistributionMessage":{"axolotlSenderKeyDistributionMessage":"SECRET"},"encReactionMessage":{},"call":{"callKey":"SECRET"}}}""")]
    [InlineData("messages.edited", """{"appStateSyncKeyShare":{"keys":[{"keyData":{"keyData":"SECRET"}}]}}""")]
    public void A_secret_is_left_out_wherever_it_is(string name, string data) =>
        Assert.DoesNotContain("SECRET", Encoding.UTF8.GetString(Bodies.Read(name, data).PayloadOf(0).Span), StringComparison.Ordinal);

    /// <summary>Whoever knew how a mark begins could name any file that is stored for the tenant.</summary>
    [Theory]
    [InlineData("""{"mediaUrl":"#"}""")]
    [InlineData("""{"deep":[{"mediaUrl":"#"}]}""")]
    [InlineData("""{"base64":"#"}""")]
    public async Task A_mark_of_stored_media_is_not_kept(string content)
    {
        var media = Convert.ToBase64String(new byte[60_000]);
        var body = Bodies.Of("messages.upsert", Bodies.Message(content.Replace("#", media, StringComparison.Ordinal)));
        var sink = new MediaSink();

        var read = await Reader.ReadBody(new MemoryStream(body), body.Length, sink.Create, TestContext.Current.CancellationToken);
        var reading = Reader.Read(read, Described.ReceivedAt);

        Assert.NotNull(Assert.Single(sink.Writers).Stored);
        Assert.Equal("no_content", Assert.IsType<NotUnderstood>(Assert.Single(reading.Items).Observation).Code);
        Assert.DoesNotContain("parley-media", Encoding.UTF8.GetString(reading.PayloadOf(0).Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("[[1],[2]]")]
    public void A_payload_of_odd_data_can_be_read_again(string data)
    {
        var reading = Bodies.Read("messages.upsert", data);

        foreach (var item in reading.Items)
        {
            Assert.NotEmpty(Reader.Read(reading.PayloadOf(item.Element), Described.ReceivedAt).Items);
        }
    }

    [Fact]
    public void A_code_is_not_shown_by_accident() =>
        Assert.DoesNotContain("SECRET", new QrObserved("SECRET", "SECRET").ToString(), StringComparison.Ordinal);

    [Fact]
    public void Payloads_of_thousands_of_elements_take_no_time()
    {
        var reading = Bodies.Read("messages.set", "[" + string.Join(',', Enumerable.Repeat("""{"key":{"id":"A"},"filler":[1,2,3,4,5,6,7,8,9]}""", 5000)) + "]");
        var start = Stopwatch.GetTimestamp();

        Assert.Equal(5000, reading.Items.Count(item => reading.PayloadOf(item.Element).Length > 0));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
    }

    [Fact]
    public void An_envelope_that_is_no_gateways_is_not_kept_with_each_element()
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"event":"messages.upsert","instance":"a","sender":"{{new string('1', 100_000)}}","date_time":[{{new string(' ', 100_000)}}],"data":[1,2]}""");

        Assert.Equal(
            """{"event":"messages.upsert","instance":"a","data":2}""", Encoding.UTF8.GetString(Reader.Read(body, Described.ReceivedAt).PayloadOf(1).Span));
    }

    /// <summary>A writer of JSON refuses a text of more than 166,666,666 bytes, and bodies may be larger.</summary>
    [Fact]
    public void A_text_of_any_length_is_kept()
    {
        const int Length = 166_666_667;
        byte[] body = [.. """{"event":"no.such.event","instance":"a","data":{"text":"x"""u8, .. Enumerable.Repeat((byte)'x', Length), .. "\"}}"u8];

        Assert.InRange(Reader.Read(body, Described.ReceivedAt).PayloadOf(0).Length, Length, body.Length);
    }

    /// <summary>The values that must not be kept.</summary>
    internal static List<string> SecretsIn(JsonNode body) => [.. Find(body).Where(text => text.Length > 3).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Find(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member =>
            Secret.Contains(member.Key, StringComparer.Ordinal) && member.Value is JsonValue value && value.TryGetValue<string>(out var text)
                ? [text]
                : Find(member.Value)),
        JsonArray items => items.SelectMany(Find),
        _ => [],
    };
}
