using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Webhooks;

/// <summary>An event on its way to one receiver.</summary>
/// <param name="Url">As really called.</param>
public sealed record PostedWebhook(string Event, string Instance, string Url, JsonObject Body, DateTimeOffset At)
{
    internal ConcurrentQueue<int> Attempts { get; } = new();

    /// <summary>What the receiver answered, attempt by attempt; 0 = nothing.</summary>
    public IReadOnlyList<int> Answers => [.. Attempts];

    /// <summary>It was never posted, on demand.</summary>
    public bool Lost { get; init; }

    public JsonNode? Data => Body["data"];
}
