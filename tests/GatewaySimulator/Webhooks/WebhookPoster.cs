using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;

namespace Parley.GatewaySimulator.Webhooks;

/// <summary>Posts events as the gateway does: not in turn, with v2's retries, first to the instance's webhook and then to the global one.</summary>
public sealed class WebhookPoster : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly SimulatedGateway _gateway;
    private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly WebhookFaults _faults = new();
    private readonly Lock _lock = new();
    private readonly List<PostedWebhook> _posted = [];
    private readonly List<Func<Task>> _held = [];

    internal WebhookPoster(SimulatedGateway gateway) => _gateway = gateway;

    /// <summary>All webhooks so far, in the order in which they arose; lost ones too.</summary>
    public IReadOnlyList<PostedWebhook> Posted
    {
        get
        {
            lock (_lock)
            {
                return [.. _posted];
            }
        }
    }

    /// <summary>The next webhooks meet a fault.</summary>
    public void Next(WebhookFault fault) => _faults.Add(fault);

    /// <summary>No fault waits any longer. What was held stays held.</summary>
    public void Heal() => _faults.Clear();

    /// <summary>Posts what was held, one after the other.</summary>
    /// <param name="lastFirst">In the opposite order.</param>
    public async Task Release(bool lastFirst = false)
    {
        List<Func<Task>> held;
        lock (_lock)
        {
            held = [.. _held];
            _held.Clear();
        }

        await PostInTurn(held, lastFirst);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Begins to post an event.</summary>
    /// <param name="after">A webhook that it should not overtake, unless that one takes long.</param>
    /// <returns>Ends when all retries have.</returns>
    internal Task Post(Instance instance, string eventName, JsonNode? data, Task? after = null)
    {
        var row = instance.Webhook;
        var receivers = new List<Func<Task>>();
        if (row is { Enabled: true } && Wants(row.Events, eventName) && IsCallable(row.Url))
        {
            var url = row.ByEvents == true ? $"{row.Url}/{EventNames.PathPart(eventName)}" : row.Url;
            var body = Envelope.Write(_gateway, instance, eventName, data, row.Url, isGlobal: false);
            receivers.Add(Receiver(instance, eventName, url, body, row.Headers));
        }

        if (_gateway.Options.GlobalWebhookUrl is { } global && !EventNames.NotGlobal.Contains(EventNames.Subscription(eventName))
            && IsCallable(global))
        {
            var url = _gateway.Options.GlobalWebhookByEvents ? $"{global}/{EventNames.PathPart(eventName)}" : global;
            var body = Envelope.Write(_gateway, instance, eventName, data, row?.Url, isGlobal: true);
            receivers.Add(Receiver(instance, eventName, url, body, headers: null));
        }

        return receivers.Count == 0 ? Task.CompletedTask : _gateway.Work.Run(async () =>
        {
            await Task.WhenAny(after ?? Task.CompletedTask, Task.Delay(LongestWait, _gateway.Stopping));
            await PostInTurn(receivers, lastFirst: false);
        });
    }

    private static bool Wants(IReadOnlyList<string> events, string eventName) => events.Contains(EventNames.Subscription(eventName));

    private static bool IsCallable(string url) => url.StartsWith("http", StringComparison.Ordinal);

    private static async Task PostInTurn(IReadOnlyList<Func<Task>> posts, bool lastFirst)
    {
        foreach (var post in lastFirst ? posts.Reverse() : posts)
        {
            await post();
        }
    }

    // The fault is chosen now, in the order in which events arise, not when the post begins.
    private Func<Task> Receiver(Instance instance, string eventName, string url, JsonObject body, JsonObject? headers)
    {
        var fault = _faults.Take(eventName);
        var webhook = new PostedWebhook(eventName, instance.Name, url, body, DateTimeOffset.UtcNow) { Lost = fault?.Fault is LoseWebhook };
        lock (_lock)
        {
            _posted.Add(webhook);
        }

        Task Deliver() => Attempt(webhook, headers);
        return () => fault is { } met ? Meet(met.Fault, met.Last, Deliver) : Deliver();
    }

    private async Task Meet(WebhookFault fault, bool last, Func<Task> deliver)
    {
        switch (fault)
        {
            case LoseWebhook:
                return;
            case DuplicateWebhook duplicate:
                await Task.WhenAll(Enumerable.Range(0, duplicate.Copies + 1).Select(_ => deliver()));
                return;
            case DelayWebhook delay:
                // Nothing waits for it: it is to be overtaken.
                _ = _gateway.Work.Run(async () =>
                {
                    await Task.Delay(delay.By, _gateway.Stopping);
                    await deliver();
                });
                return;
            case HoldWebhook:
                lock (_lock)
                {
                    _held.Add(deliver);
                }

                return;
            case ReverseWebhooks reverse:
                lock (_lock)
                {
                    reverse.Kept.Add(deliver);
                }

                if (last)
                {
                    await PostInTurn(reverse.Kept, lastFirst: true);
                }

                return;
            default:
                throw new NotSupportedException(fault.GetType().Name);
        }
    }

    private async Task Attempt(PostedWebhook webhook, JsonObject? headers)
    {
        var retry = _gateway.Options.Retry;
        var text = webhook.Body.ToJsonString(Json.Options);
        // The same token on all retries: it may have run out by then.
        var bearer = headers?["jwt_key"] is { } key ? BearerToken.Sign(key.ToString(), DateTimeOffset.UtcNow) : null;
        for (var attempt = 1; ; attempt++)
        {
            var status = await Send(webhook.Url, text, headers, bearer, retry.Timeout);
            webhook.Attempts.Enqueue(status);
            var isFinal = status is >= 200 and < 300 || (WebhookRetry.IsRefused(status) && !_gateway.Dialect.RepeatsWhatIsRefused);
            if (isFinal || _gateway.Dialect.IsV1 || attempt >= retry.Attempts)
            {
                return;
            }

            await Task.Delay(retry.PauseAfter(attempt), _gateway.Stopping);
        }
    }

    /// <returns>The status; 0 = no answer.</returns>
    private async Task<int> Send(string url, string text, JsonObject? headers, string? bearer, TimeSpan timeout)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(text, Encoding.UTF8) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/plain, */*");
        request.Headers.TryAddWithoutValidation("User-Agent", "axios/1.21.1");
        foreach (var (name, value) in headers ?? [])
        {
            if (name != "jwt_key")
            {
                request.Headers.TryAddWithoutValidation(name, value?.ToString());
            }
        }

        if (bearer is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", bearer);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_gateway.Stopping);
        deadline.CancelAfter(timeout);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return (int)response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            _gateway.Stopping.ThrowIfCancellationRequested();
            return 0;
        }
    }
}
