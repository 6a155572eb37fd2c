using System.Globalization;
using System.Text.Json.Nodes;

namespace Parley.BlackBox;

/// <summary>Webhooks as Evolution API 2 writes them.</summary>
public static class Webhook
{
    public const string Line = "5511987650001";
    public const string Instance = "shop-1";

    private static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static int _last;

    /// <summary>A new id of a message.</summary>
    public static string NewId() => $"3EB0{Guid.NewGuid().ToString("N")[..16].ToUpperInvariant()}";

    /// <summary>A new time: each is a second after the one before.</summary>
    public static long NewTime() => Start.ToUnixTimeSeconds() + Interlocked.Increment(ref _last);

    /// <summary>A text that came in (or went out).</summary>
    public static JsonObject Text(
        string peer, string text, string? id = null, long? time = null, bool fromMe = false, string instance = Instance) =>
        Message(peer, "conversation", new JsonObject { ["conversation"] = text }, id, time, fromMe, instance);

    /// <summary>A message of any type.</summary>
    public static JsonObject Message(
        string peer, string type, JsonObject content, string? id = null, long? time = null, bool fromMe = false, string instance = Instance)
    {
        var data = new JsonObject
        {
            ["key"] = Key(peer, id ?? NewId(), fromMe),
            ["pushName"] = fromMe ? null : "Ana",
            ["status"] = fromMe ? "SERVER_ACK" : "DELIVERY_ACK",
            ["message"] = content,
            ["messageType"] = type,
            ["messageTimestamp"] = time ?? NewTime(),
            ["instanceId"] = "7f0e3c0e-4c5e-4f6e-9f53-0f1a3e4f5a6b",
            ["source"] = "android",
        };
        return Envelope("messages.upsert", data, instance);
    }

    /// <summary>Media with its bytes.</summary>
    public static JsonObject Media(string peer, string kind, string mimeType, byte[]? bytes, string? fileName = null, string? id = null)
    {
        var content = new JsonObject
        {
            [kind] = new JsonObject
            {
                ["url"] = "https://mmg.whatsapp.net/v/t62/x.enc",
                ["mimetype"] = mimeType,
                ["fileLength"] = (bytes?.Length ?? 0).ToString(CultureInfo.InvariantCulture),
                ["fileName"] = fileName,
                ["caption"] = "look",
            },
        };
        if (bytes is not null)
        {
            content["base64"] = Convert.ToBase64String(bytes);
        }

        return Message(peer, kind, content, id);
    }

    /// <summary>A receipt.</summary>
    public static JsonObject Receipt(string peer, string id, string status, bool fromMe = true, string instance = Instance) => Envelope(
        "messages.update",
        new JsonObject
        {
            ["keyId"] = id,
            ["remoteJid"] = Jid(peer),
            ["fromMe"] = fromMe,
            ["participant"] = Jid(peer),
            ["status"] = status,
            ["instanceId"] = "7f0e3c0e-4c5e-4f6e-9f53-0f1a3e4f5a6b",
        },
        instance);

    /// <summary>Deleted for everyone.</summary>
    public static JsonObject Revoke(string peer, string id, bool fromMe = false) => Envelope(
        "messages.delete",
        new JsonObject { ["id"] = id, ["remoteJid"] = Jid(peer), ["fromMe"] = fromMe, ["status"] = "DELETED" });

    /// <summary>A reaction.</summary>
    public static JsonObject Reaction(string peer, string target, string emoji, bool targetFromMe = false) => Message(
        peer,
        "reactionMessage",
        new JsonObject
        {
            ["reactionMessage"] = new JsonObject
            {
                ["key"] = Key(peer, target, targetFromMe),
                ["text"] = emoji,
                ["senderTimestampMs"] = (NewTime() * 1000).ToString(CultureInfo.InvariantCulture),
            },
        });

    public static JsonObject Envelope(string name, JsonNode? data, string instance = Instance) => new()
    {
        ["event"] = name,
        ["instance"] = instance,
        ["data"] = data,
        ["destination"] = "https://parley.example/webhooks/evolution",
        ["date_time"] = "2026-03-02T12:00:00.000Z",
        ["sender"] = $"{Line}@s.whatsapp.net",
        ["server_url"] = "http://gateway.example:8080",
        ["apikey"] = null,
    };

    public static string Jid(string peer) => peer.Contains('@', StringComparison.Ordinal) ? peer : $"{peer}@s.whatsapp.net";

    private static JsonObject Key(string peer, string id, bool fromMe) => new() { ["remoteJid"] = Jid(peer), ["fromMe"] = fromMe, ["id"] = id };
}
