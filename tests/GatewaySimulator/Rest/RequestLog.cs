using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Parley.GatewaySimulator.Rest;

/// <summary>All that the gateway was asked.</summary>
public sealed class RequestLog
{
    private readonly Lock _lock = new();
    private readonly List<RecordedRequest> _requests = [];

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<RecordedRequest> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    /// <param name="call">As in <c>message/sendText</c>.</param>
    public IReadOnlyList<RecordedRequest> Of(string call) => [.. All.Where(each => each.Call == call)];

    internal RecordedRequest Add(HttpRequest request, string call, string? instance, string text)
    {
        var recorded = new RecordedRequest(
            request.Method,
            request.Path.Value ?? "/",
            request.QueryString.Value ?? "",
            call,
            instance,
            text,
            request.Headers["apikey"].FirstOrDefault(),
            DateTimeOffset.UtcNow);
        lock (_lock)
        {
            _requests.Add(recorded);
        }

        return recorded;
    }
}

/// <summary>A call as it came.</summary>
/// <param name="Call">Its path without the instance, as in <c>message/sendText</c>.</param>
/// <param name="Text">Its body.</param>
public sealed record RecordedRequest(
    string Method, string Path, string Query, string Call, string? Instance, string Text, string? ApiKey, DateTimeOffset At)
{
    /// <summary>What it was answered; 0 = a fault acted, or it is not answered yet.</summary>
    public int Status { get; internal set; }

    /// <returns>Null when the body is none.</returns>
    public JsonNode? Json()
    {
        try
        {
            return Text.Length == 0 ? null : JsonNode.Parse(Text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
