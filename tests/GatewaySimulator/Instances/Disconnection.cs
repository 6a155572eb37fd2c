using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Instances;

/// <summary>Why a session ended for good. It stays in the instance's row after a new pairing.</summary>
public sealed record Disconnection(int Code, DateTimeOffset At, string Message)
{
    /// <summary>JSON inside a string, as the gateway keeps it.</summary>
    internal string AsText() => new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["data"] = null,
            ["isBoom"] = true,
            ["isServer"] = false,
            ["output"] = new JsonObject
            {
                ["statusCode"] = Code,
                ["payload"] = new JsonObject
                {
                    ["statusCode"] = Code,
                    ["error"] = Code switch { 401 => "Unauthorized", 402 => "Payment Required", 403 => "Forbidden", _ => "Not Acceptable" },
                    ["message"] = Message,
                },
                ["headers"] = new JsonObject(),
            },
        },
        ["date"] = Json.Time(At),
    }.ToJsonString(Json.Options);
}
