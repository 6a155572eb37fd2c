using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Parley.GatewaySimulator.Tests;

/// <summary>Takes webhooks and keeps them in the order in which they came.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _listener;
    private readonly Lock _lock = new();
    private readonly List<Received> _received = [];

    private Receiver(WebApplication listener) => _listener = listener;

    public string Url => $"{_listener.Urls.First()}/hook";

    /// <summary>What it answers to an event.</summary>
    public Func<string, int> Answers { get; set; } = _ => 200;

    public IReadOnlyList<Received> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _received];
            }
        }
    }

    public static async Task<Receiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new Receiver(builder.Build());
        receiver._listener.Run(receiver.Take);
        await receiver._listener.StartAsync();
        return receiver;
    }

    /// <summary>The webhooks of an event.</summary>
    public IReadOnlyList<Received> Of(string eventName) => [.. All.Where(each => each.Event == eventName)];

    /// <summary>Waits for the webhooks of an event.</summary>
    public async Task<IReadOnlyList<Received>> Wait(string eventName, int count = 1)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(10);
        while (Of(eventName).Count < count)
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, $"{eventName} came {Of(eventName).Count} times, not {count}: {string.Join(", ", All.Select(each => each.Event))}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        return Of(eventName);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.StopAsync();
        await _listener.DisposeAsync();
    }

    private async Task Take(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = JsonNode.Parse(await reader.ReadToEndAsync())!.AsObject();
        var headers = http.Request.Headers.ToDictionary(each => each.Key, each => each.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var eventName = (string)body["event"]!;
        lock (_lock)
        {
            _received.Add(new Received(eventName, body, http.Request.Path.Value!, headers));
        }

        http.Response.StatusCode = Answers(eventName);
    }
}

internal sealed record Received(string Event, JsonObject Body, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode? Data => Body["data"];
}
