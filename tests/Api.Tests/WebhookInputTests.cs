using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>A gateway drops for good what is refused with 400: only what can be attributed to nobody may be.</summary>
public sealed class WebhookInputTests(SharedProcess shared)
{
    private const string Peer = "5511987650002";

    private readonly ParleyProcess _parley = shared.Parley;

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("17")]
    [InlineData("""{"event":"messages.upsert","instance":"shop-1","data":{"key":""")]
    [InlineData("""{"event":"messages.upsert","data":{}}""")]
    [InlineData("""{"instance":"shop-1","data":{}}""")]
    [InlineData("""{"event":5,"instance":"shop-1","data":{}}""")]
    public async Task A_body_that_nobody_can_attribute_is_refused(string body)
    {
        var tenant = await _parley.NewTenant();
        (await tenant.Raw(Encoding.UTF8.GetBytes(body))).Expect(400, "invalid_webhook");
        Assert.Empty((await tenant.Client.Get("/quarantine")).Data);
    }

    /// <summary>It would stand in rows and keys that have no room for it.</summary>
    [Theory]
    [InlineData(257, 7)]
    [InlineData(7, 257)]
    [InlineData(17_000_000, 7)]
    public async Task A_name_that_no_gateway_gives_is_refused(int eventName, int instance)
    {
        var tenant = await _parley.NewTenant();
        var body = $$"""{"event":"{{new string('e', eventName)}}","instance":"{{new string('i', instance)}}","data":null}""";
        (await tenant.Raw(Encoding.UTF8.GetBytes(body))).Expect(400, "invalid_webhook");
        Assert.Empty((await tenant.Client.Get("/quarantine")).Data);
    }

    [Theory]
    [InlineData("""{"key":null}""")]
    [InlineData("""{"key":{"id":"1","fromMe":false}}""")]
    [InlineData("""{"key":{"remoteJid":5,"id":{},"fromMe":"maybe"},"message":[]}""")]
    [InlineData("""{"key":{"remoteJid":"nobody@nowhere","id":"1","fromMe":false},"message":{"conversation":"x"}}""")]
    [InlineData("""[[[[[[]]]]]]""")]
    [InlineData("\"text\"")]
    [InlineData("true")]
    public async Task A_body_with_wrong_types_is_kept_aside(string data)
    {
        var tenant = await _parley.NewTenant();
        var answer = await tenant.Raw(Encoding.UTF8.GetBytes($$"""{"event":"messages.upsert","instance":"shop-1","data":{{data}}}"""));
        answer.Expect(200);
        Assert.Equal(1, answer.Number("quarantined"));
        Assert.Single((await tenant.Client.Get("/quarantine")).Data);
    }

    [Fact]
    public async Task Deep_nesting_is_taken_or_kept_aside_and_read_back()
    {
        var tenant = await _parley.NewTenant();
        var nested = string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200);
        var body = $$"""{"event":"no.such.event","instance":"shop-1","data":{{nested}}}""";
        (await tenant.Raw(Encoding.UTF8.GetBytes(body))).Expect(200);
        foreach (var row in (await tenant.Client.Get("/quarantine")).Data)
        {
            (await tenant.Client.Get($"/quarantine/{row!["id"]}")).Expect(200);
        }

        var wrapped = Webhook.Text(Peer, "deep").ToJsonString().Replace("\"conversation\":\"deep\"", $"\"conversation\":\"deep\",\"x\":{nested}", StringComparison.Ordinal);
        (await tenant.Raw(Encoding.UTF8.GetBytes(wrapped))).Expect(200);
        Assert.Equal("deep", (await tenant.Client.Get("/messages")).Data.Single()!["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("\\u0000before and after\\u0000")]
    [InlineData("lone \\ud800 surrogate")]
    [InlineData("\\udc00\\ud800")]
    [InlineData("tab\\t line\\n \\u2028 emoji \\ud83d\\ude00")]
    public async Task Any_text_comes_back_as_valid_json(string escaped)
    {
        var tenant = await _parley.NewTenant();
        var body = Webhook.Text(Peer, "TEXT").ToJsonString().Replace("TEXT", escaped, StringComparison.Ordinal);
        (await tenant.Raw(Encoding.UTF8.GetBytes(body))).Expect(200);
        var message = (await tenant.Client.Get("/messages")).Expect(200).Data.Single()!;
        Assert.NotEmpty(message["text"]!.GetValue<string>());
        (await tenant.Client.Get("/conversations")).Expect(200);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1772452800000")]
    [InlineData("253402300799")]
    [InlineData("99999999999999999")]
    [InlineData("\"1772452800\"")]
    [InlineData("\"soon\"")]
    [InlineData("null")]
    [InlineData("{\"low\":1772452800,\"high\":0,\"unsigned\":true}")]
    public async Task Absurd_timestamps_lose_nothing(string time)
    {
        var tenant = await _parley.NewTenant();
        var body = Webhook.Text(Peer, "when", time: 17).ToJsonString().Replace("\"messageTimestamp\":17", $"\"messageTimestamp\":{time}", StringComparison.Ordinal);
        var answer = (await tenant.Raw(Encoding.UTF8.GetBytes(body))).Expect(200);
        Assert.Equal(1, answer.Number("accepted") + answer.Number("quarantined"));
        (await tenant.Client.Get("/messages")).Expect(200);
        (await tenant.Client.Get("/conversations")).Expect(200);
    }

    [Fact]
    public async Task Whatever_a_gateway_appends_to_the_address_leads_to_the_same_place()
    {
        var tenant = await _parley.NewTenant();
        var n = 0;
        foreach (var path in (string[])
        [
            $"/webhooks/evolution/{tenant.WebhookToken}",
            $"/webhooks/evolution/{tenant.WebhookToken}/",
            $"/webhooks/evolution/{tenant.WebhookToken}/messages-upsert",
            $"/webhooks/evolution/{tenant.WebhookToken}//messages-upsert",
            $"//webhooks//evolution/{tenant.WebhookToken}/messages-upsert",
            $"/webhooks/evolution/{tenant.WebhookToken}/shop/messages-upsert",
            $"/webhooks/evolution/{tenant.WebhookToken}?secret=abc/messages-upsert",
        ])
        {
            (await tenant.Client.Post(path, Webhook.Text(Peer, $"text {n++}"))).Expect(200);
        }

        Assert.Equal(n, (await tenant.Client.Get("/messages")).Data.Count);
    }

    /// <summary>Gateways drop for good what is answered 400. It is not theirs to mend that the line was slow.</summary>
    [Fact]
    public async Task A_body_that_stalls_is_answered_so_that_it_is_sent_again()
    {
        var tenant = await _parley.NewTenant();
        var cancellationToken = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(_parley.Address.Host, _parley.Address.Port, cancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes(
                $$"""
                POST /webhooks/evolution/{{tenant.WebhookToken}} HTTP/1.1
                Host: parley
                Content-Type: application/json
                Content-Length: 1000

                {"event":"messages.upsert",
                """.ReplaceLineEndings("\r\n")),
            cancellationToken);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(cancellationToken);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"request_timeout\"", answer, StringComparison.Ordinal);
        Assert.Empty((await tenant.Client.Get("/quarantine")).Data);
    }

    [Fact]
    public async Task The_body_counts_not_its_media_type()
    {
        var tenant = await _parley.NewTenant();
        (await tenant.Raw(Encoding.UTF8.GetBytes(Webhook.Text(Peer, "as text").ToJsonString()), "text/plain")).Expect(200);
        Assert.Single((await tenant.Client.Get("/messages")).Data);
    }

    [Fact]
    public async Task Unknown_events_are_counted_or_kept_and_duplicates_are_told()
    {
        var tenant = await _parley.NewTenant();
        (await tenant.Webhook(Webhook.Envelope("something.new", new JsonObject { ["x"] = 1 }))).Expect(200);
        (await tenant.Webhook(Webhook.Envelope("presence.update", new JsonObject { ["id"] = Webhook.Jid(Peer) }))).Expect(200);
        var text = Webhook.Text(Peer, "once");
        Assert.Equal(1, (await tenant.Accept(text)).Number("accepted"));
        Assert.Equal(1, (await tenant.Accept(text)).Number("duplicates"));
        Assert.Single((await tenant.Client.Get("/messages")).Data);
    }

    [Fact]
    public async Task A_large_body_is_taken_and_a_larger_one_is_refused_with_413()
    {
        var tenant = await _parley.NewTenant();
        var bytes = new byte[12_000_000];
        new Random(17).NextBytes(bytes);
        await tenant.Accept(Webhook.Media(Peer, "videoMessage", "video/mp4", bytes));
        var video = (await tenant.Client.Get("/messages?type=video")).Data.Single()!;
        Assert.Equal(bytes, (await tenant.Client.Get($"/messages/{video["id"]}/media")).Expect(200).Bytes);

        using var content = new LargeContent(300L * 1024 * 1024);
        try
        {
            (await tenant.Client.Send(HttpMethod.Post, $"/webhooks/evolution/{tenant.WebhookToken}", content)).Expect(413, "body_too_large");
        }
        catch (HttpRequestException)
        {
            // The server may close the connection while the client still sends.
        }

        (await tenant.Client.Get("/messages")).Expect(200);
    }
}
