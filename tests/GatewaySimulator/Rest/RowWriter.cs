using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Rest;

/// <summary>Writes the rows of the gateway's database as its reading calls show them.</summary>
internal static class RowWriter
{
    public static JsonObject V2(Instance instance, StoredMessage message)
    {
        var row = new JsonObject
        {
            ["id"] = message.RowId,
            ["key"] = KeyWriter.Stored(message, instance.Gateway.Dialect),
            ["pushName"] = message.PushName,
            ["messageType"] = message.Type,
            ["message"] = message.Erased ? null : Body(message, WireOf(instance)),
            ["messageTimestamp"] = message.Time.ToUnixTimeSeconds(),
            ["instanceId"] = instance.Id,
            ["source"] = message.Source,
            ["contextInfo"] = Context(instance, message),
            ["MessageUpdate"] = new JsonArray(
                [.. message.Statuses.Select(each => (JsonNode)new JsonObject { ["status"] = each.Status })]),
        };
        return row;
    }

    public static JsonObject V1(Instance instance, StoredMessage message) => new()
    {
        ["key"] = KeyWriter.Stored(message, instance.Gateway.Dialect),
        ["_id"] = message.DocumentId,
        ["pushName"] = message.PushName,
        ["messageType"] = message.Content.Type,
        ["message"] = FilledBody(message),
        ["source"] = message.Source,
        ["messageTimestamp"] = message.Time.ToUnixTimeSeconds(),
        ["owner"] = instance.Name,
        ["__v"] = 0,
    };

    public static JsonObject StatusV2(Instance instance, StoredMessage message, StatusRow row) => new()
    {
        ["id"] = row.RowId,
        ["keyId"] = message.Id,
        ["remoteJid"] = row.RemoteJid,
        ["fromMe"] = message.FromMe,
        ["participant"] = null,
        ["pollUpdates"] = null,
        ["status"] = row.Status,
        ["messageId"] = message.RowId,
        ["instanceId"] = instance.Id,
    };

    public static JsonObject StatusV1(Instance instance, StoredMessage message, StatusRow row) => new()
    {
        ["_id"] = row.RowId,
        ["remoteJid"] = row.RemoteJid,
        ["id"] = message.Id,
        ["fromMe"] = message.FromMe,
        ["datetime"] = row.At.ToUnixTimeMilliseconds(),
        ["status"] = row.Status,
        ["owner"] = instance.Name,
        ["__v"] = 0,
    };

    public static JsonObject Chat(Instance instance, string chat, StoredMessage last)
    {
        var message = V2(instance, last);
        message.Remove("MessageUpdate");
        message["participant"] = null;
        message["sessionId"] = null;
        message["status"] = last.FromMe ? "PENDING" : "DELIVERY_ACK";
        return new JsonObject
        {
            ["id"] = last.RowId,
            ["remoteJid"] = chat,
            ["pushName"] = null,
            ["profilePicUrl"] = null,
            ["updatedAt"] = Json.Time(last.Time),
            ["windowStart"] = null,
            ["windowExpires"] = null,
            ["windowActive"] = false,
            ["lastMessage"] = message,
            ["unreadCount"] = null,
            ["isSaved"] = true,
        };
    }

    public static JsonObject Contact(Instance instance, string jid)
    {
        var person = instance.Gateway.WhatsApp.Find(jid);
        return instance.Gateway.Dialect.IsV1
            ? new JsonObject
            {
                ["_id"] = NewIds.Document(),
                ["id"] = jid,
                ["owner"] = instance.Name,
                ["profilePictureUrl"] = person?.PictureUrl,
            }
            : new JsonObject
            {
                ["id"] = NewIds.Row(),
                ["remoteJid"] = jid,
                ["pushName"] = person?.Name,
                ["profilePicUrl"] = person?.PictureUrl,
                ["createdAt"] = Json.Time(instance.CreatedAt),
                ["updatedAt"] = Json.Time(instance.CreatedAt),
                ["instanceId"] = instance.Id,
                ["isGroup"] = Jid.IsGroup(jid),
                ["isSaved"] = true,
                ["type"] = Jid.IsGroup(jid) ? "group" : "contact",
            };
    }

    private static Wire WireOf(Instance instance) => instance.Gateway.Dialect.RawProtobuf ? Wire.Stored : Wire.Text;

    private static JsonObject Body(StoredMessage message, Wire wire) => message.Edits > 0 && message.Content is MediaContent media
        ? new JsonObject { [media.Type] = new JsonObject { ["caption"] = media.Caption } }
        : new JsonObject { [message.Content.Type] = message.Content.Write(wire) };

    private static JsonObject? Context(Instance instance, StoredMessage message) =>
        !message.Content.HasContext || message.Content is PollContent ? null
        : message.SentTo is not null
            ? ContextWriter.Sent(message.Context, instance.Gateway.Dialect, message.Time, isDirect: !Jid.IsGroup(message.SentTo))
            : ContextWriter.Received(message.Context, WireOf(instance));

    // v1 fills what a text left empty; quotes are gone.
    private static JsonObject FilledBody(StoredMessage message)
    {
        if (message.Content is not TextContent { Extended: true } text)
        {
            return new JsonObject { [message.Content.Type] = message.Content.Write(Wire.Stored) };
        }

        return new JsonObject
        {
            ["extendedTextMessage"] = new JsonObject
            {
                ["text"] = text.Words,
                ["matchedText"] = "",
                ["canonicalUrl"] = "",
                ["description"] = "",
                ["title"] = "",
                ["textArgb"] = 0,
                ["backgroundArgb"] = 0,
                ["font"] = 0,
                ["previewType"] = 0,
                ["jpegThumbnail"] = "",
                ["doNotPlayInline"] = false,
                ["thumbnailDirectPath"] = "",
                ["thumbnailSha256"] = "",
                ["thumbnailEncSha256"] = "",
                ["mediaKey"] = "",
                ["mediaKeyTimestamp"] = Wire.Halves(0, unsigned: false),
                ["thumbnailHeight"] = 0,
                ["thumbnailWidth"] = 0,
                ["inviteLinkGroupType"] = 0,
                ["inviteLinkParentGroupSubjectV2"] = "",
                ["inviteLinkParentGroupThumbnailV2"] = "",
                ["inviteLinkGroupTypeV2"] = 0,
                ["viewOnce"] = false,
            },
        };
    }
}
