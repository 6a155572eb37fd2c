using System.Text.Json;

namespace Parley.Gateways.Evolution.Webhooks;

/// <summary>What text a content has whose type is not read.</summary>
internal static class OtherText
{
    public static string? Of(string key, JsonElement value) => key switch
    {
        "productMessage" => value.Get("product"u8, "title"u8).Words() ?? Common(value),
        "requestPaymentMessage" or "sendPaymentMessage" => ContentReader.TextOf(value.Get("noteMessage"u8)) ?? Common(value),
        "commentMessage" => ContentReader.TextOf(value.Get("message"u8)) ?? Common(value),
        "groupInviteMessage" => value.Get("caption"u8).Words() ?? value.Get("groupName"u8).Words(),
        "newsletterAdminInviteMessage" => value.Get("caption"u8).Words() ?? value.Get("newsletterName"u8).Words(),
        "eventMessage" => value.Get("name"u8).Words() ?? value.Get("description"u8).Words(),
        _ => Common(value),
    };

    private static string? Common(JsonElement value) =>
        value.Get("message"u8).Words() ?? value.Get("text"u8).Words() ?? value.Get("caption"u8).Words()
        ?? value.Get("title"u8).Words() ?? value.Get("orderTitle"u8).Words() ?? value.Get("name"u8).Words();
}
