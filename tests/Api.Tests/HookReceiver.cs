using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Parley.TestServers;
using StandardWebhooks;

namespace Parley.Api.Tests;

/// <summary>A subscriber: takes what is posted to it, verifies every signature with another implementation than Parley's, and answers as it is told.</summary>
internal sealed class HookReceiver : IDisposable
{
    /// <summary>Settings of a process whose attempts follow each other quickly.</summary>
    public static readonly string[] Schedule =
    [
        .. Enumerable.Range(0, 60).SelectMany(static n => (string[])
            [
                $"--Parley:Webhooks:Schedule:{n.ToString(CultureInfo.InvariantCulture)}",
                n switch { 0 => "00:00:00", < 4 => "00:00:00.300", _ => "00:00:01" },
            ]),
    ];

    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Hook> _hooks = new();
    private int _underWay;

    private HookReceiver(string host) => Url = $"http://{host}:{FreePorts.Next()}/hooks";

    public string Url { get; }

    /// <summary>The secret by which signatures are verified; null = none is.</summary>
    public string? Secret { get; set; }

    /// <summary>What it answers; by default 204.</summary>
    public Func<Hook, HookAnswer> Answers { get; set; } = static _ => new HookAnswer(204);

    /// <summary>Everything that was posted, in its order.</summary>
    public IReadOnlyList<Hook> Hooks => [.. _hooks];

    /// <summary>What it took with a 2xx.</summary>
    public IReadOnlyList<Hook> Taken => [.. _hooks.Where(static h => h.Status is >= 200 and < 300)];

    /// <summary>The most that were on their way at once.</summary>
    public int MostAtOnce { get; private set; }

    /// <param name="host">An address of this machine; that of the class is allowed, others are not.</param>
    public static HookReceiver Start(string host = MediaServer.Host)
    {
        var receiver = new HookReceiver(host);
        receiver._listener.Prefixes.Add($"{receiver.Url[..receiver.Url.LastIndexOf('/')]}/");
        receiver._listener.Start();
        _ = receiver.Serve();
        return receiver;
    }

    /// <summary>Makes an endpoint that posts here.</summary>
    public async Task<string> Register(ParleyClient client, JsonObject? more = null, string prefix = "")
    {
        var body = more ?? [];
        body["url"] = Url;
        var made = (await client.Post($"{prefix}/webhook-endpoints", body)).Expect(201);
        Secret = made.Text("secret");
        return $"{prefix}/webhook-endpoints/{made.Text("endpointId")}";
    }

    /// <summary>Waits until it has taken so many of the wanted.</summary>
    public Task Until(int count, Func<Hook, bool>? wanted = null, TimeSpan? patience = null) => Poll.Until(
        () => Task.FromResult(Taken.Count(h => wanted?.Invoke(h) ?? true) >= count),
        $"{count} hooks; it has {string.Join(", ", Hooks.Select(static h => $"{h.Type} {h.Message?["text"]} -> {h.Status}"))}",
        patience);

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                _ = Take(await _listener.GetContextAsync());
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Take(HttpListenerContext context)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _underWay));
        try
        {
            using var buffer = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(buffer);
            var body = Encoding.UTF8.GetString(buffer.ToArray());
            var headers = context.Request.Headers.AllKeys.ToDictionary(static k => k!, k => context.Request.Headers[k]!, StringComparer.OrdinalIgnoreCase);
            var hook = new Hook(headers, body, JsonNode.Parse(body)!.AsObject(), Problem(headers, body));
            var answer = Answers(hook);
            hook.Status = answer.Status;
            _hooks.Enqueue(hook);
            if (answer.After is { } after)
            {
                await after;
            }

            context.Response.StatusCode = answer.Status;
            foreach (var (name, value) in answer.Headers ?? [])
            {
                context.Response.AddHeader(name, value);
            }

            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // Whoever posted has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private string? Problem(Dictionary<string, string> headers, string body)
    {
        if (Secret is null)
        {
            return null;
        }

        // The verifier looks at one signature; a subscriber is content when one of them is right.
        string? problem = "It has no signature.";
        foreach (var signature in headers.GetValueOrDefault("webhook-signature")?.Split(' ') ?? [])
        {
            try
            {
                new StandardWebhook(Secret).Verify(body, new HeaderDictionary
                {
                    ["webhook-id"] = headers["webhook-id"],
                    ["webhook-timestamp"] = headers["webhook-timestamp"],
                    ["webhook-signature"] = signature,
                });
                return null;
            }
            catch (Exception e)
            {
                problem = e.Message;
            }
        }

        return problem;
    }
}

/// <summary>What was posted.</summary>
/// <param name="Problem">Why its signature is not right; null = it is.</param>
internal sealed record Hook(Dictionary<string, string> Headers, string Body, JsonObject Json, string? Problem)
{
    public int Status { get; set; }

    public string Id => Headers["webhook-id"];

    public string Type => Json["type"]!.GetValue<string>();

    public JsonNode? Message => Json["data"]?["message"];

    public string? Text => Message?["text"]?.GetValue<string>();
}

/// <param name="After">Nothing is answered before it has ended.</param>
internal sealed record HookAnswer(int Status, (string Name, string Value)[]? Headers = null, Task? After = null);
