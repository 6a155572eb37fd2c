using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Rest;

/// <summary>Buttons, which go out inside a view-once wrapper.</summary>
internal static class Menus
{
    public static Content Buttons(JsonObject body)
    {
        var buttons = (body["buttons"] as JsonArray ?? []).Select(button => (JsonNode)new JsonObject
        {
            ["name"] = "quick_reply",
            ["buttonParamsJson"] = new JsonObject
            {
                ["display_text"] = button.Text("displayText"),
                ["id"] = button.Text("id"),
            }.ToJsonString(Json.Options),
        });
        var menu = new JsonObject
        {
            ["body"] = new JsonObject { ["text"] = $"*{body.Text("title")}*\n\n{body.Text("description")}\n" },
            ["footer"] = new JsonObject { ["text"] = body.Text("footer") },
            ["nativeFlowMessage"] = new JsonObject
            {
                ["buttons"] = new JsonArray([.. buttons]),
                ["messageParamsJson"] = new JsonObject { ["from"] = "api", ["templateId"] = NewIds.Instance() }.ToJsonString(Json.Options),
            },
        };
        var wrapped = new JsonObject { ["message"] = new JsonObject { ["interactiveMessage"] = menu } };
        return new OtherContent("viewOnceMessage", wrapped, body.Text("title"));
    }
}
