using System.Text.Json;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>What text a content has whose type is not read.</summary>
internal static class OtherText
{
    public static string? Of(string key, JsonElement value) => key switch
    {
        "productMessage" => value.Get("product"u8, "title"u8).Words() ?? value.Get("catalog"u8, "title"u8).Words() ?? value.Get("body"u8).Words() ?? Common(value),
        "requestPaymentMessage" or "sendPaymentMessage" => ContentReader.TextOf(value.Get("noteMessage"u8)) ?? Common(value),
        "commentMessage" => ContentReader.TextOf(value.Get("message"u8)) ?? Common(value),
        "groupInviteMessage" => value.Get("caption"u8).Words() ?? value.Get("groupName"u8).Words(),
        "newsletterAdminInviteMessage" or "newsletterFollowerInviteMessageV2" => value.Get("caption"u8).Words() ?? value.Get("newsletterName"u8).Words(),
        "eventMessage" => value.Get("name"u8).Words() ?? value.Get("description"u8).Words(),
        "invoiceMessage" => value.Get("note"u8).Words(),
        "highlyStructuredMessage" => Menus.Template(value.Get("hydratedHsm"u8)).Text,
        "richResponseMessage" => Parts(value.Get("submessages"u8)),
        _ => Common(value),
    };

    private static string? Parts(JsonElement parts) =>
        string.Join('\n', parts.Elements().Select(static part => part.Get("messageText"u8).Words()).OfType<string>()) is { Length: > 0 } text ? text : null;

    private static string? Common(JsonElement value) =>
        value.Get("message"u8).Words() ?? value.Get("text"u8).Words() ?? value.Get("caption"u8).Words()
        ?? value.Get("title"u8).Words() ?? value.Get("orderTitle"u8).Words() ?? value.Get("name"u8).Words();
}
