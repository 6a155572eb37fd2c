using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Writing;

/// <summary>Names a message as WhatsApp does.</summary>
public sealed record MessageKey(string RemoteJid, bool FromMe, string Id, string? Participant = null)
{
    public JsonObject Write()
    {
        var key = new JsonObject { ["remoteJid"] = RemoteJid, ["fromMe"] = FromMe, ["id"] = Id };
        if (Participant is not null)
        {
            key["participant"] = Participant;
        }

        return key;
    }
}
