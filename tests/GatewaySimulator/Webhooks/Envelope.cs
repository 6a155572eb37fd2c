using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;

namespace Parley.GatewaySimulator.Webhooks;

/// <summary>What stands around an event.</summary>
internal static class Envelope
{
    /// <param name="destination">The instance's URL as typed, in the global copy too; null = it has none.</param>
    public static JsonObject Write(
        SimulatedGateway gateway, Instance instance, string eventName, JsonNode? data, string? destination, bool isGlobal)
    {
        var body = new JsonObject { ["event"] = eventName, ["instance"] = instance.Name, ["data"] = data?.DeepClone() };
        if (destination is not null)
        {
            body["destination"] = destination;
        }
        else if (!gateway.Dialect.IsV1)
        {
            body["destination"] = $"{gateway.Options.GlobalWebhookUrl}/{EventNames.PathPart(eventName)}";
        }

        body["date_time"] = Json.Time(DateTimeOffset.UtcNow);
        if (instance.Sender is { } sender)
        {
            body["sender"] = sender;
        }

        body["server_url"] = gateway.Url;
        body["apikey"] = isGlobal && gateway.Dialect.IsV1 ? gateway.ApiKey : instance.Token;
        return body;
    }
}
