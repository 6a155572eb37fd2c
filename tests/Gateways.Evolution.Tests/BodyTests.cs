using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;
using Parley.Domain.Observations;
using Parley.Ports;

namespace Parley.Gateways.Evolution.Tests;

/// <summary>How a body comes from the wire: large media goes to the store while it streams by.</summary>
public sealed class BodyTests
{
    private const long Limit = 512L * 1024 * 1024;

    private static readonly EvolutionWebhookReader Reader = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024 - 1)]
    [InlineData(64 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(1_000_000)]
    public async Task A_body_without_media_stays_as_it_is(int length)
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("""{"a":"x\"y\\","base64":"QUJD"}, """, 1 + (length / 30))))[..length];
        var sink = new MediaSink();

        Assert.Equal(body, (await Read(body, sink)).ToArray());
        Assert.Empty(sink.Writers);
    }

    [Theory]
    [InlineData(10, 9)]
    [InlineData(200_000, 199_999)]
    public async Task A_body_above_the_limit_is_refused(int length, long limit)
    {
        var body = new byte[length];

        await Assert.ThrowsAsync<BodyTooLargeException>(async () => await Reader.ReadBody(new MemoryStream(body), limit, new MediaSink().Create, Token));
        Assert.Equal(length, (await Reader.ReadBody(new MemoryStream(body), length, new MediaSink().Create, Token)).Length);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("slashes")]
    [InlineData("prefix")]
    [InlineData("lines")]
    [InlineData("unpadded")]
    [InlineData("url")]
    [InlineData("unicode")]
    public async Task Media_is_stored_and_a_mark_takes_its_place(string spelling)
    {
        var bytes = RandomNumberGenerator.GetBytes(100_001);
        var sink = new MediaSink();
        var body = Bodies.Of("messages.upsert", Bodies.Message("{\"imageMessage\":{\"caption\":\"c\"},\"base64\":\"" + Written(bytes, spelling) + "\"}"));

        var read = await Read(body, sink);

        var writer = Assert.Single(sink.Writers);
        Assert.Equal(bytes, writer.Bytes);
        Assert.True(writer.Disposed);
        Assert.InRange(read.Length, 1, 1000);
        var message = Assert.IsType<MessageObserved>(Assert.Single(Reader.Read(read, Described.ReceivedAt).Items).Observation);
        Assert.Equal("c", message.Content.Text);
        Assert.Equal(new(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length), Reader.MediaOf(message.MediaData!));
    }

    [Fact]
    public async Task Media_within_the_content_of_a_cloud_instance_is_stored_too()
    {
        var bytes = RandomNumberGenerator.GetBytes(90_000);
        var sink = new MediaSink();
        var read = await Read(Bodies.Of("send.message", Bodies.Message("{\"imageMessage\":{\"media\":\"" + Convert.ToBase64String(bytes) + "\"}}")), sink);

        var message = Assert.IsType<MessageObserved>(Assert.Single(Reader.Read(read, Described.ReceivedAt).Items).Observation);
        Assert.Equal(bytes.Length, Reader.MediaOf(message.MediaData!)?.Size);
    }

    [Fact]
    public async Task Several_media_of_one_body_are_stored_apart()
    {
        var sink = new MediaSink();
        var messages = Enumerable.Range(0, 5).Select(i =>
            Bodies.Message("{\"imageMessage\":{},\"base64\":\"" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(20_000 + i)) + "\"}"));
        var read = await Read(Bodies.Of("messages.set", "[" + string.Join(',', messages) + "]"), sink);

        var stored = Reader.Read(read, Described.ReceivedAt).Items.Select(item => Reader.MediaOf(((MessageObserved)item.Observation).MediaData!));
        Assert.Equal(sink.Writers.Select(writer => writer.Stored).Reverse(), stored);
    }

    [Fact]
    public async Task The_history_that_a_gateway_appends_is_left_out()
    {
        var sink = new MediaSink();
        var payload = Convert.ToBase64String(RandomNumberGenerator.GetBytes(300_000));
        var read = await Read(
            Bodies.Of("messages.edited", "{\"type\":\"HISTORY_SYNC_NOTIFICATION\",\"historySyncNotification\":{\"initialHistBootstrapInlinePayload\":\"" + payload + "\"}}"),
            sink);

        Assert.Empty(sink.Writers);
        Assert.InRange(read.Length, 1, 1000);
        Assert.Equal(["ignored protocol_message"], Described.Lines(Reader.Read(read, Described.ReceivedAt)));
    }

    [Theory]
    [InlineData("!not base64 at all")]
    [InlineData("QUJD=QUJD")]
    [InlineData("""\ud83d""")]
    [InlineData("https://x.example/")]
    public async Task What_is_no_base64_is_left_as_it_is(string beginning)
    {
        var sink = new MediaSink();
        var body = Bodies.Of("messages.upsert", Bodies.Message("{\"imageMessage\":{},\"base64\":\"" + beginning + new string('A', 100_000) + "\"}"));

        Assert.Equal(body, (await Read(body, sink)).ToArray());
        Assert.DoesNotContain(sink.Writers, writer => writer.Stored is not null);
    }

    [Theory]
    [InlineData("!")]
    [InlineData("A")]
    [InlineData("===")]
    [InlineData("=A")]
    public async Task Media_that_breaks_off_leaves_a_readable_message_and_no_file(string end)
    {
        var sink = new MediaSink();
        var body = Bodies.Of("messages.upsert", Bodies.Message("{\"imageMessage\":{\"caption\":\"c\"},\"base64\":\"" + new string('A', 400_000) + end + "\"}"));

        var message = Assert.IsType<MessageObserved>(Assert.Single(Reader.Read(await Read(body, sink), Described.ReceivedAt).Items).Observation);

        Assert.Equal("c", message.Content.Text);
        Assert.Null(Reader.MediaOf(message.MediaData!));
        Assert.Throws<FormatException>(() => Convert.FromBase64String(message.MediaData!));
        var writer = Assert.Single(sink.Writers);
        Assert.True(writer.Disposed);
        Assert.Null(writer.Stored);
    }

    [Fact]
    public async Task A_body_that_breaks_off_leaves_no_file()
    {
        var sink = new MediaSink();
        var body = Encoding.UTF8.GetBytes("{\"event\":\"a\",\"instance\":\"b\",\"base64\":\"" + new string('A', 300_000));

        var read = await Read(body, sink);

        Assert.Throws<WebhookFormatException>(() => Reader.Read(read, Described.ReceivedAt));
        var writer = Assert.Single(sink.Writers);
        Assert.True(writer.Disposed);
        Assert.Null(writer.Stored);
    }

    [Fact]
    public async Task A_body_above_the_limit_leaves_no_file()
    {
        var sink = new MediaSink();
        var body = Encoding.UTF8.GetBytes("{\"base64\":\"" + new string('A', 300_000));

        await Assert.ThrowsAsync<BodyTooLargeException>(async () => await Reader.ReadBody(new MemoryStream(body), 200_000, sink.Create, Token));
        Assert.True(Assert.Single(sink.Writers).Disposed);
    }

    [Theory]
    [InlineData("parley-media:")]
    [InlineData("parley-media:00000000000000000000000000000000:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855:5")]
    [InlineData("")]
    [InlineData("QUJD")]
    public void A_mark_cannot_be_forged(string mark) => Assert.Null(Reader.MediaOf(mark));

    [Property(MaxTest = 60)]
    public void Whatever_the_pieces_it_comes_in_a_body_is_the_same(DoNotSize<int> seed, PositiveInt size)
    {
        var random = new System.Random(seed.Item);
        var bytes = new byte[50_000 + (size.Get * 997 % 200_000)];
        random.NextBytes(bytes);
        string[] spellings = ["plain", "slashes", "prefix", "lines", "unpadded", "url", "unicode"];
        var text = Written(bytes, spellings[random.Next(spellings.Length)]);
        var body = Bodies.Of(
            "messages.upsert",
            Bodies.Message("{\"x\":\"\\\\\\\"base64\\\":\",\"base64\":\"" + text + "\",\"imageMessage\":{\"caption\":\"\\\\\\\"\"}}"));
        var sink = new MediaSink();

        var read = Reader.ReadBody(new SlowStream(body, () => random.Next(1, 5000)), Limit, sink.Create, default).AsTask().GetAwaiter().GetResult();

        Assert.Equal(bytes, Assert.Single(sink.Writers).Bytes);
        var mark = JsonNode.Parse(read.Span)!["data"]!["message"]!["base64"]!.GetValue<string>();
        Assert.Equal(sink.Writers[0].Stored, Reader.MediaOf(mark));
        Assert.Equal("\\\"base64\":", JsonNode.Parse(read.Span)!["data"]!["message"]!["x"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_body_of_two_hundred_megabytes_needs_little_memory()
    {
        const long Letters = 200L * 1024 * 1024;
        var whole = Bodies.Of("messages.upsert", Bodies.Message("""{"videoMessage":{"caption":"c"},"base64":"#"}"""));
        var at = whole.AsSpan().IndexOf((byte)'#');
        var body = new VideoStream(whole.AsMemory(0, at), Letters, whole.AsMemory(at + 1));
        var sink = new MediaSink(keep: false);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var reading = Reader.ReadBody(body, Limit, sink.Create, Token).AsTask();

        // Nothing here waits, so all of it was on this thread, and what other tests allocate does not count.
        Assert.True(reading.IsCompletedSuccessfully);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * 1024 * 1024);
        Assert.Equal(Letters / 4 * 3, Assert.Single(sink.Writers).Stored?.Size);
        Assert.InRange((await reading).Length, 1, 1000);
    }

    [Fact]
    public async Task A_request_that_is_given_up_stops() => await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        await Reader.ReadBody(new SlowStream(new byte[200_000], () => 1000), Limit, new MediaSink().Create, new CancellationToken(canceled: true)));

    private static string Written(byte[] bytes, string spelling)
    {
        var text = Convert.ToBase64String(bytes);
        return spelling switch
        {
            "slashes" => text.Replace("/", "\\/", StringComparison.Ordinal),
            "prefix" => "data:image\\/jpeg;base64," + text,
            "lines" => string.Join("\\r\\n", text.Chunk(76).Select(line => new string(line))) + "\\n ",
            "unpadded" => text.TrimEnd('='),
            "url" => text.Replace('/', '_').Replace('+', '-'),
            "unicode" => text.Replace("+", "\\u002B", StringComparison.Ordinal).Replace("=", "\\u003d", StringComparison.Ordinal),
            _ => text,
        };
    }

    private static ValueTask<ReadOnlyMemory<byte>> Read(byte[] body, MediaSink sink) =>
        Reader.ReadBody(new MemoryStream(body), Limit, sink.Create, Token);
}
