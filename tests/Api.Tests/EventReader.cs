using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Parley.Api.Tests;

/// <summary>Reads an event stream frame by frame, as HTML tells clients to.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Heartbeats come for ever: what is waited for must not.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    private readonly long _opened = Stopwatch.GetTimestamp();
    private readonly HttpClient _http;
    private readonly StreamReader _text;
    private readonly CancellationTokenSource _deadline = new();

    private EventReader(HttpClient http, HttpResponseMessage response, Stream body) =>
        (_http, Response, _text) = (http, response, new StreamReader(body, Encoding.UTF8));

    public HttpResponseMessage Response { get; }

    /// <summary>The last id that came.</summary>
    public string? LastId { get; private set; }

    /// <summary>Opens a stream that must be answered with 200.</summary>
    public static async Task<EventReader> Open(
        ParleyProcess parley, string? key, string path = "/events", string? lastEventId = null, params (string Name, string Value)[] headers)
    {
        var http = new HttpClient { BaseAddress = parley.Address, Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        foreach (var (name, value) in lastEventId is null ? headers : [.. headers, ("Last-Event-ID", lastEventId)])
        {
            request.Headers.Add(name, value);
        }

        using var patience = new CancellationTokenSource(Patience);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(patience.Token)}");
        }

        return new EventReader(http, response, await response.Content.ReadAsStreamAsync(patience.Token));
    }

    /// <summary>The next frame, comments too.</summary>
    /// <returns>Null when the stream has ended.</returns>
    public async Task<Frame?> NextFrame()
    {
        Assert.True(Stopwatch.GetElapsedTime(_opened) < Life, "What is waited for never came.");
        _deadline.CancelAfter(Patience);
        var lines = new List<string>();
        while (true)
        {
            var line = await _text.ReadLineAsync(_deadline.Token);
            if (line is null)
            {
                return null;
            }

            if (line.Length == 0)
            {
                var frame = Frame.Of(lines);
                LastId = frame.Id ?? LastId;
                return frame;
            }

            lines.Add(line);
        }
    }

    /// <summary>The next frame that tells something.</summary>
    public async Task<Frame> NextEvent()
    {
        while (true)
        {
            var frame = await NextFrame() ?? throw new InvalidOperationException("The stream has ended.");
            if (frame.Event is not null)
            {
                return frame;
            }
        }
    }

    /// <summary>Events until one is of a type.</summary>
    public async Task<List<Frame>> Until(string type)
    {
        var events = new List<Frame>();
        do
        {
            events.Add(await NextEvent());
        }
        while (events[^1].Event != type);
        return events;
    }

    public ValueTask DisposeAsync()
    {
        _text.Dispose();
        Response.Dispose();
        _http.Dispose();
        _deadline.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <param name="Event">Null = it only moves the place, or is a comment.</param>
internal sealed record Frame(string? Id, string? Event, string? Data, IReadOnlyList<string> Lines)
{
    /// <summary>The event; each is held against its schema.</summary>
    public JsonNode Json
    {
        get
        {
            var json = JsonNode.Parse(Data!)!;
            if (Event != "reset")
            {
                EventSchemas.Check(json);
            }

            return json;
        }
    }

    public JsonNode Content => Json["data"]!;

    public string Text(string property) => Json[property]!.GetValue<string>();

    public long Position => Json["position"]!.GetValue<long>();

    public static Frame Of(IReadOnlyList<string> lines) => new(Field(lines, "id"), Field(lines, "event"), Field(lines, "data"), lines);

    private static string? Field(IReadOnlyList<string> lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith($"{name}:", StringComparison.Ordinal)) is { } line ? line[(name.Length + 1)..].TrimStart(' ') : null;
}
