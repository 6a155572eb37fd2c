using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.BlackBox;

/// <summary>The event for whose answer a gateway holds its whole line.</summary>
public static class Edits
{
    public static JsonObject Event(string peer, string id, string text) => Webhook.Envelope(
        "messages.edited",
        new JsonObject
        {
            ["key"] = new JsonObject { ["remoteJid"] = Webhook.Jid(peer), ["fromMe"] = false, ["id"] = id },
            ["type"] = "MESSAGE_EDIT",
            ["editedMessage"] = new JsonObject { ["conversation"] = text },
            ["timestampMs"] = (Webhook.NewTime() * 1000).ToString(CultureInfo.InvariantCulture),
        });
}
