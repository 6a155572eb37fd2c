// Follows a tenant's events and goes on where it stopped: after a lost connection, a restart of this program, or one of Parley.
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;

var url = Environment.GetEnvironmentVariable("PARLEY_URL") ?? "http://127.0.0.1:5080";
var key = Environment.GetEnvironmentVariable("PARLEY_KEY") ?? throw new InvalidOperationException("PARLEY_KEY is not set.");
var place = Environment.GetEnvironmentVariable("PLACE") ?? "place.txt";
var most = long.Parse(Environment.GetEnvironmentVariable("MOST") ?? $"{long.MaxValue}");

// Longer than the pause between two heartbeats: a connection that is silent for so long is dead.
var silence = TimeSpan.FromSeconds(60);
using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
var (seen, pause) = (0L, 1);
while (seen < most)
{
    var before = seen;
    try
    {
        await Follow();
    }
    catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
    {
        Console.Error.WriteLine(e.Message);
    }

    pause = seen > before ? 1 : Math.Min(pause * 2, 30);
    if (seen < most)
    {
        await Task.Delay(TimeSpan.FromSeconds(pause));
    }
}

async Task Follow()
{
    using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}/events");
    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
    request.Headers.Accept.ParseAdd("text/event-stream");

    // Without a place of its own it begins with the oldest event that is kept.
    request.Headers.Add("Last-Event-ID", File.Exists(place) ? File.ReadAllText(place) : "0");
    using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    response.EnsureSuccessStatusCode();

    using var patience = new CancellationTokenSource(silence);
    await using var stream = new Heard(await response.Content.ReadAsStreamAsync(), () => patience.CancelAfter(silence));
    var parser = SseParser.Create(stream);
    await foreach (var item in parser.EnumerateAsync(patience.Token))
    {
        if (item.EventType == "reset")
        {
            // This program was away for longer than events are kept: read over REST what you need to know, then go on.
            Console.Error.WriteLine($"Some events are no longer kept: {item.Data}");
        }
        else if (item.Data.Length > 0)
        {
            Handle(JsonDocument.Parse(item.Data).RootElement);
            seen++;
        }

        // After the work: a program that dies before this line sees the event again.
        File.WriteAllText(place + ".new", parser.LastEventId);
        File.Move(place + ".new", place, overwrite: true);
        if (seen >= most)
        {
            return;
        }
    }
}

static void Handle(JsonElement e) =>
    Console.WriteLine($"{e.GetProperty("position")} {e.GetProperty("type").GetString()} {e.GetProperty("subject").GetString()}");

// Tells when bytes come: heartbeats are no events, so the parser does not show them.
sealed class Heard(Stream inner, Action heard) : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        heard();
        return read;
    }

    protected override void Dispose(bool disposing) => inner.Dispose();
}
