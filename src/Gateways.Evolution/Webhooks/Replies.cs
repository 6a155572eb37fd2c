using System.Text.Json;
using Parley.Domain.Messages;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>Answers to menus: the chosen label is the text (webhooks, 6).</summary>
internal static class Replies
{
    public static MessageContent Buttons(JsonElement value) =>
        Reply(value.Get("selectedButtonId"u8).Words(), value.Get("selectedDisplayText"u8).Words());

    public static MessageContent List(JsonElement value) =>
        Reply(
            value.Get("singleSelectReply"u8, "selectedRowId"u8).Words(),
            value.Get("title"u8).Words() ?? value.Get("description"u8).Words());

    public static MessageContent Template(JsonElement value) =>
        Reply(value.Get("selectedId"u8).Words(), value.Get("selectedDisplayText"u8).Words());

    public static MessageContent Flow(JsonElement value)
    {
        using var parameters = InnerJson.Parse(value.Get("nativeFlowResponseMessage"u8, "paramsJson"u8).Text());
        var chosen = parameters?.RootElement ?? default;
        return Reply(chosen.Get("id"u8).Words(), value.Get("body"u8, "text"u8).Words() ?? chosen.Get("title"u8).Words());
    }

    /// <summary>An answer of which the gateway passes on the label only (Cloud API).</summary>
    public static MessageContent Label(string text) => Reply(null, text);

    private static MessageContent Reply(string? id, string? label) =>
        new() { Type = MessageType.Reply, Text = label, Reply = new(id, label) };
}
