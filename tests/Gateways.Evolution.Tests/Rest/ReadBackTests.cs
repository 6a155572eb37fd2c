using System.Globalization;
using System.Text.Json.Nodes;
using Parley.Domain.Addresses;
using Parley.Domain.Messages;
using Parley.Domain.Observations;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Tests.Rest;

/// <summary>The gateway's own list of messages, and media.</summary>
public sealed class ReadBackTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly MessageReference Photo = new("3A01", Address.Parse("5511987650001"), FromMe: false);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null, null, """{"where":{},"page":1,"offset":100}""")]
    [InlineData("2026-11-22T10:39:13.5Z", null, null, """{"where":{"messageTimestamp":{"gte":"2026-11-22T10:39:13.500Z","lte":"2100-01-01T00:00:00.000Z"}},"page":1,"offset":100}""")]
    [InlineData(null, "2026-11-22T12:39:13+02:00", null, """{"where":{"messageTimestamp":{"gte":"2009-01-01T00:00:00.000Z","lte":"2026-11-22T10:39:13.000Z"}},"page":1,"offset":100}""")]
    [InlineData(null, null, "3A01", """{"where":{"key":{"id":"3A01"}},"page":1,"offset":100}""")]
    public async Task Both_ends_of_the_time_are_named(string? since, string? until, string? id, string body)
    {
        gateway.Anew().Says(200, """{"messages":{"total":0,"pages":0,"currentPage":1,"records":[]}}""");

        var page = await Read(new(Time(since), Time(until), id));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(body), gateway.Request.Body), gateway.Request.Text);
        Assert.Equal((null, 0L), (page.Next, page.Total!.Value));
        Assert.DoesNotContain(page.Reading.Items, static item => item.Observation is not IgnoredObserved);
    }

    [Fact]
    public async Task Pages_are_read_to_the_last()
    {
        gateway.Anew();
        gateway.Script = static asked =>
        {
            var page = asked.Body["page"]!.GetValue<int>();
            return Answer.Json(200, $$"""{"messages":{"total":5,"pages":3,"currentPage":{{page}},"records":[{{Row($"{page}B", 20 - page)}},{{Row($"{page}A", 10 - page)}}]} }""");
        };

        var (cursor, seen) = ((string?)null, new List<string>());
        do
        {
            var page = await Read(new(null, null, Cursor: cursor));
            Assert.Equal((5, 2), (page.Total, page.Rows.Distinct().Count()));
            seen.AddRange(page.Reading.Items.Select(static item => ((MessageObserved)item.Observation).ExternalId));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(["1A", "1B", "2A", "2B", "3A", "3B"], seen);
    }

    /// <summary>As 2.3.6 lists them: the channel for other programs has no owner, and its number is its own.</summary>
    [Theory]
    [InlineData("EVOLUTION", null, "5511987650009", false)]
    [InlineData("WHATSAPP-BAILEYS", null, null, true)]
    [InlineData("WHATSAPP-BAILEYS", "5511987650001@s.whatsapp.net", "5511987650001", true)]
    [InlineData("WHATSAPP-BUSINESS", null, null, true)]
    public async Task A_channel_that_is_not_WhatsApp_is_known_in_the_list(string integration, string? owner, string? phone, bool acknowledges)
    {
        var row = new JsonObject
        {
            ["name"] = "shop-1",
            ["connectionStatus"] = "open",
            ["ownerJid"] = owner,
            ["integration"] = integration,
            ["number"] = "5511987650009",
            ["token"] = "T",
        };
        gateway.Anew().Says(200, new JsonArray(row).ToJsonString());

        var listed = Assert.Single(await gateway.Client.ListInstances(gateway.Access, Stop));

        Assert.Equal((phone, acknowledges), (listed.PhoneNumber?.Value, listed.Acknowledges));
    }

    [Fact]
    public async Task A_page_that_is_no_number_is_none_of_ours()
    {
        gateway.Anew();

        await Assert.ThrowsAsync<ArgumentException>(() => Read(new(null, null, Cursor: "1; drop")));
        Assert.Empty(gateway.Requests);
    }

    [Fact]
    public async Task The_end_of_the_time_is_not_in_it()
    {
        gateway.Anew().Says(200, $$"""{"messages":{"total":3,"pages":1,"currentPage":1,"records":[{{Row("C", 0)}},{{Row("B", -1)}},{{Row("A", -3600)}}]} }""");

        Assert.Equal(["A", "B"], Ids(await Read(new(null, Noon))));
    }

    [Fact]
    public async Task A_list_without_pages_is_read_in_growing_pieces_and_filtered_here()
    {
        gateway.Anew("1.8.2");
        gateway.Script = static asked => Answer.Json(
            200, "[" + string.Join(',', Enumerable.Range(0, Math.Min(250, asked.Body["limit"]!.GetValue<int>())).Select(static i => Row($"M{i:000}", -i))) + "]");

        var first = await Read(new(Noon.AddSeconds(-120), Noon));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"where":{},"limit":100}"""), gateway.Requests[0].Body));
        Assert.Equal(Enumerable.Range(1, 99).Reverse().Select(static i => $"M{i:000}"), Ids(first));
        Assert.Equal(("100", null), (first.Next, first.Total));

        var second = await Read(new(Noon.AddSeconds(-120), Noon, Cursor: first.Next));
        Assert.Equal(Enumerable.Range(100, 21).Reverse().Select(static i => $"M{i:000}"), Ids(second));
        Assert.Null(second.Next);

        var (cursor, count, calls) = ((string?)null, 0, 0);
        do
        {
            var page = await Read(new(null, null, Cursor: cursor));
            (cursor, count, calls) = (page.Next, count + page.Reading.Items.Count, calls + 1);
        }
        while (cursor is not null);

        Assert.Equal((250, 3), (count, calls));
    }

    [Fact]
    public async Task A_list_without_pages_has_a_bound()
    {
        gateway.Anew("1.8.2");
        gateway.Script = static asked => Answer.Json(
            200, "[" + string.Join(',', Enumerable.Range(0, asked.Body["limit"]!.GetValue<int>()).Select(static i => Row($"M{i}", -i))) + "]");

        Assert.Null((await Read(new(null, null, Cursor: "1900"))).Next);
        Assert.Equal("1900", (await Read(new(null, null, Cursor: "1800"))).Next);
    }

    [Theory]
    [InlineData("""[{"status":"DELIVERY_ACK"},{"status":"READ"},{"status":"SERVER_ACK"}]""", true, "read")]
    [InlineData("""[{"status":"SERVER_ACK"}]""", true, "sent")]
    [InlineData("""[{"status":"SERVER_ACK"}]""", false, null)]
    [InlineData("""[{"status":"READ"}]""", false, "read")]
    [InlineData("[]", true, null)]
    [InlineData("null", true, null)]
    public async Task The_highest_status_counts(string updates, bool fromMe, string? status)
    {
        Answers($$"""{"key":{"id":"A","fromMe":{{(fromMe ? "true" : "false")}},"remoteJid":"5511987650001@s.whatsapp.net"},"message":{"conversation":"x"},"messageTimestamp":1795348800,"MessageUpdate":{{updates}}}""");

        var message = Assert.IsType<MessageObserved>(Assert.Single((await Read(new(null, null))).Reading.Items).Observation);

        Assert.Equal(status, message.Status?.ToString().ToLowerInvariant());
        Assert.Equal(MessageOrigin.Sync, message.Origin);
    }

    [Theory]
    [InlineData("""{"id":"A","fromMe":false,"remoteJid":"5511987650001@s.whatsapp.net"}""", "null", """[{"status":"EDITED"},{"status":"SERVER_ACK"}]""", "deletion A")]
    [InlineData("""{"id":"A","fromMe":false,"remoteJid":"5511987650001@s.whatsapp.net"}""", "null", """[{"status":"DELETED"},{"status":"EDITED"}]""", "deletion A")]
    [InlineData("""{"id":"A","fromMe":false,"remoteJid":"5511987650001@s.whatsapp.net"}""", "null", "[]", "ignored row_without_content")]
    [InlineData("""{"id":"A","fromMe":true,"deleted":true,"remoteJid":"5511987650001@s.whatsapp.net"}""", """{"conversation":"wrong chat"}""", """[{"status":"DELETED"}]""", "out A text 'wrong chat' peer=5511987650001 sync at=1795348800;deletion A")]
    [InlineData("""{"id":"A","fromMe":false,"remoteJid":"5511987650001@s.whatsapp.net"}""", """{"extendedTextMessage":{"text":"hello!!"}}""", """[{"status":"DELETED"},{"status":"EDITED"}]""", "in A text 'hello!!' peer=5511987650001 edited sync at=1795348800")]
    [InlineData("""{"id":"A","fromMe":false,"remoteJid":"100000000000011@lid","remoteJidAlt":"5511987650001@s.whatsapp.net"}""", """{"conversation":"hi"}""", "[]", "pair 100000000000011@lid 5511987650001;in A text 'hi' peer=5511987650001+100000000000011@lid sync at=1795348800")]
    [InlineData("{}", "{}", "[]", "quarantine unknown_chat")]
    public async Task What_became_of_a_message_is_told(string key, string message, string updates, string said)
    {
        Answers($$"""{"id":"cm1","key":{{key}},"messageType":"conversation","message":{{message}},"messageTimestamp":1795348800,"source":"ios","contextInfo":null,"MessageUpdate":{{updates}}}""");

        var reading = (await Read(new(null, null))).Reading;

        Assert.Equal(said.Split(';'), Described.Lines(reading));
        Assert.Equal("shop-1", reading.Instance);

        // What is kept of it reads the same once more.
        var again = new EvolutionWebhookReader().Read(reading.PayloadOf(0), Noon);
        Assert.Equal(Described.Lines(reading), Described.Lines(again));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("7")]
    public async Task What_is_no_list_is_unknown(string body)
    {
        gateway.Anew().Says(200, body);

        Assert.Equal(GatewayFault.Unknown, (await Assert.ThrowsAsync<GatewayException>(() => Read(new(null, null)))).Fault);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40_000)]
    [InlineData(60_000)]
    [InlineData(7_000_000)]
    public async Task Media_is_stored_as_it_comes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        gateway.Anew().Says(201, $$"""{"mediaType":"imageMessage","fileName":"a.jpeg","mimetype":"image/jpeg","base64":"{{Convert.ToBase64String(bytes)}}","buffer":null}""");
        var sink = new MediaSink();

        if (size == 0)
        {
            Assert.Equal(GatewayFault.Unknown, (await Assert.ThrowsAsync<GatewayException>(() => Fetch(sink))).Fault);
            return;
        }

        var fetched = await Fetch(sink);

        var writer = Assert.Single(sink.Writers);
        Assert.Equal(bytes, writer.Bytes);
        Assert.True(writer.Disposed);
        Assert.Equal((writer.Stored, "image/jpeg", "a.jpeg"), (fetched.Stored, fetched.MimeType, fetched.FileName));
    }

    [Theory]
    [InlineData("Message not found", GatewayFault.Gone)]
    [InlineData("The message is not of the media type", GatewayFault.Gone)]
    [InlineData("Error: Failed to fetch stream, status code 410", GatewayFault.Gone)]
    [InlineData("TypeError: fetch failed", GatewayFault.Unknown)]
    [InlineData("Error: getaddrinfo ENOTFOUND mmg.whatsapp.net", GatewayFault.Unknown)]
    public async Task Media_that_is_gone_is_told_from_a_bad_day(string text, GatewayFault fault)
    {
        gateway.Anew().Says(400, new JsonObject { ["response"] = new JsonObject { ["message"] = new JsonArray(text) } }.ToJsonString());
        var sink = new MediaSink();

        Assert.Equal(fault, (await Assert.ThrowsAsync<GatewayException>(() => Fetch(sink))).Fault);
        Assert.Empty(sink.Writers);
    }

    /// <summary>Unlike any other answer that is too large it is the same the next time.</summary>
    [Fact]
    public async Task Media_that_is_too_large_is_told_as_such_and_not_pulled_again()
    {
        gateway.Anew().Script = static _ => Answer.Json(201, "{}") with { CutAt = 2, Announced = 600L << 20 };
        var sink = new MediaSink();

        Assert.Equal(GatewayFault.TooLarge, (await Assert.ThrowsAsync<GatewayException>(() => Fetch(sink))).Fault);
        Assert.Single(gateway.Requests);
        Assert.Empty(sink.Writers);
    }

    [Fact]
    public async Task Media_that_is_cut_off_is_not_kept()
    {
        gateway.Anew().Script = static _ => Answer.Json(201, $$"""{"base64":"{{new string('A', 400_000)}}"}""") with { CutAt = 300_000 };
        var sink = new MediaSink();

        Assert.Equal(GatewayFault.Unknown, (await Assert.ThrowsAsync<GatewayException>(() => Fetch(sink))).Fault);
        Assert.Equal(3, gateway.Requests.Count);
        Assert.NotEmpty(sink.Writers);
        Assert.All(sink.Writers, static writer => Assert.True(writer is { Stored: null, Disposed: true }));
    }

    [Fact]
    public async Task A_stores_own_trouble_is_told_as_it_is()
    {
        gateway.Anew().Says(201, $$"""{"base64":"{{new string('A', 400_000)}}"}""");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => gateway.Client.ReadMedia(
            gateway.Access, "shop-1", Photo, static _ => throw new StoreUnavailableException("full"), Stop));
        Assert.Single(gateway.Requests);
    }

    [Theory]
    [InlineData("not base64 at all!")]
    [InlineData("AAAAA")]
    public async Task Media_that_is_not_base64_is_not_kept(string data)
    {
        gateway.Anew().Says(201, new JsonObject { ["base64"] = data }.ToJsonString());
        var sink = new MediaSink();

        Assert.Equal(GatewayFault.Unknown, (await Assert.ThrowsAsync<GatewayException>(() => Fetch(sink))).Fault);
        Assert.Empty(sink.Writers);
    }

    private static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string Row(string id, int seconds) =>
        $$"""{"key":{"id":"{{id}}","fromMe":false,"remoteJid":"5511987650001@s.whatsapp.net"},"message":{"conversation":"x"},"messageTimestamp":{{Noon.AddSeconds(seconds).ToUnixTimeSeconds()}} }""";

    private static IEnumerable<string> Ids(MessagesPage page) => page.Reading.Items.Select(static item => ((MessageObserved)item.Observation).ExternalId);

    private void Answers(string row) =>
        gateway.Anew().Says(200, $$"""{"messages":{"total":1,"pages":1,"currentPage":1,"records":[{{row}}]} }""");

    private Task<MessagesPage> Read(MessagesQuery query) => gateway.Client.ReadMessages(gateway.Access, "shop-1", query, Stop);

    private Task<FetchedMedia> Fetch(MediaSink sink) => gateway.Client.ReadMedia(gateway.Access, "shop-1", Photo, sink.Create, Stop);
}
