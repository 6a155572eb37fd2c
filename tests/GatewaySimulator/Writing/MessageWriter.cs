using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;

namespace Parley.GatewaySimulator.Writing;

/// <summary>Writes messages as a version does, in webhooks and send answers.</summary>
internal static class MessageWriter
{
    public static Wire WireOf(Dialect dialect) => dialect.RawProtobuf ? Wire.Raw : Wire.Text;

    /// <summary>The data of <c>messages.upsert</c>: written on a phone.</summary>
    public static JsonObject Upsert(Instance instance, StoredMessage message)
    {
        var dialect = instance.Gateway.Dialect;
        var wire = WireOf(dialect);
        var content = message.Content;
        var context = ContextWriter.Received(message.Context, wire);
        if (content is TextContent { Extended: false } text && (context is not null && dialect.IsV1))
        {
            content = text with { Extended = true };
        }

        if (dialect.IsV1 && content is TextContent { Extended: true })
        {
            // v1 shows an empty one where there is none.
            context ??= [];
        }

        var body = new JsonObject { [content.Type] = content.Write(wire) };
        PutContext(body, content, context);
        var data = new JsonObject
        {
            ["key"] = KeyWriter.Upsert(message, dialect),
            ["pushName"] = message.PushName,
        };
        if (!dialect.IsV1)
        {
            data["status"] = data["key"].Flag("fromMe") == true ? "SERVER_ACK" : "DELIVERY_ACK";
            body["messageContextInfo"] = DeviceInfo(wire, dialect);
        }

        PutBase64(instance, body, content);
        // A document with a caption comes in a wrapper, which v2 takes off; its context is not lifted.
        var isWrapped = content is MediaContent { Kind: MediaKind.Document, Caption: not null };
        data["message"] = isWrapped && dialect.IsV1 ? Wrap(body) : body;
        if (!isWrapped && content.HasContext && (context is not null || content is not TextContent { Extended: false }))
        {
            data["contextInfo"] = context?.DeepClone();
        }

        data["messageType"] = isWrapped && dialect.IsV1 ? "documentWithCaptionMessage" : content.Type;
        data["messageTimestamp"] = message.Time.ToUnixTimeSeconds();
        data[dialect.IsV1 ? "owner" : "instanceId"] = dialect.IsV1 ? instance.Name : instance.Id;
        data["source"] = message.Source;
        if (content is VoteContent { IsRead: true } vote && instance.Messages.Find(vote.Poll.Id)?.Content is PollContent poll)
        {
            data["pollUpdates"] = Tally(poll, vote, (message.Author ?? message.Peer)!, message.Addressing);
        }

        return data;
    }

    /// <summary>The data of v2's <c>send.message</c>, which is also the answer of the send.</summary>
    public static JsonObject Sent(Instance instance, StoredMessage message)
    {
        var dialect = instance.Gateway.Dialect;
        var content = message.Content;
        var context = content is PollContent || !content.HasContext
            ? null
            : ContextWriter.Sent(message.Context, dialect, message.Time, IsDirect(message.SentTo!));
        var body = new JsonObject { [content.Type] = content.Write(WireOf(dialect)) };
        PutContext(body, content, context);
        if (content is PollContent)
        {
            // The secret with which votes are read.
            var info = new JsonObject { ["messageSecret"] = WireOf(dialect).Bytes([9, 16, 23, 30, 37, 44, 51, 58]) };
            PutThread(info, dialect);
            body["messageContextInfo"] = info;
        }

        PutBase64(instance, body, content);
        var data = new JsonObject
        {
            ["key"] = KeyWriter.Upsert(message, dialect),
            ["pushName"] = "Você",
            ["status"] = "PENDING",
            ["message"] = body,
        };
        if (content.HasContext)
        {
            data["contextInfo"] = context?.DeepClone();
        }

        data["messageType"] = content.Type;
        data["messageTimestamp"] = message.Time.ToUnixTimeSeconds();
        data["instanceId"] = instance.Id;
        data["source"] = dialect.SentSource;
        if (instance.IsOwnChannel)
        {
            // No status, and the number as it was given.
            data.Remove("pushName");
            data.Remove("status");
            data.Remove("contextInfo");
            data["key"]!["remoteJid"] = message.SentTo!.Split('@')[0];
            data["source"] = "unknown";
        }

        return data;
    }

    /// <summary>The data of v1's <c>send.message</c>.</summary>
    public static JsonObject SentByV1(Instance instance, StoredMessage message)
    {
        var data = new JsonObject
        {
            ["key"] = KeyWriter.Upsert(message, instance.Gateway.Dialect),
            ["pushName"] = "",
            ["message"] = BodyOfV1(message),
        };
        if (message.Content.HasContext)
        {
            data["contextInfo"] = ContextWriter.SentByV1(message.Context);
        }

        data["messageType"] = message.Content.Type;
        data["messageTimestamp"] = Wire.Halves(message.Time.ToUnixTimeSeconds(), unsigned: true);
        data["owner"] = instance.Name;
        data["source"] = "web";
        return data;
    }

    /// <summary>The answer of a send by v1.</summary>
    public static JsonObject AnswerOfV1(Instance instance, StoredMessage message)
    {
        var answer = new JsonObject
        {
            ["key"] = KeyWriter.Upsert(message, instance.Gateway.Dialect),
            ["message"] = BodyOfV1(message),
            ["messageTimestamp"] = message.Time.ToUnixTimeSeconds().ToString(),
            ["status"] = "PENDING",
        };
        if (Jid.IsGroup(message.SentTo!))
        {
            answer["participant"] = $"{instance.Account?.Phone}:12@s.whatsapp.net";
        }

        return answer;
    }

    /// <summary>The bytes beside the content, where the webhook asks for them.</summary>
    public static void PutBase64(Instance instance, JsonObject body, Content content)
    {
        if (instance.Webhook?.Base64 == true && content is MediaContent { Expired: false } media)
        {
            body["base64"] = Convert.ToBase64String(media.Bytes);
        }
    }

    // Of this voter alone, and as addressed.
    private static JsonArray Tally(PollContent poll, VoteContent vote, Person voter, Addressing addressing)
    {
        var jid = addressing == Addressing.Phone || voter.HiddenJid is null ? voter.PhoneJid : voter.HiddenJid;
        return
        [
            .. poll.Options.Select(option => new JsonObject
            {
                ["name"] = option,
                ["voters"] = vote.Chosen.Contains(option) ? new JsonArray(jid) : [],
            }),
        ];
    }

    private static bool IsDirect(string jid) => !Jid.IsGroup(jid) && !jid.EndsWith("@broadcast", StringComparison.Ordinal);

    private static JsonObject Wrap(JsonObject body) => new()
    {
        ["documentWithCaptionMessage"] = new JsonObject { ["message"] = body },
    };

    private static JsonObject BodyOfV1(StoredMessage message)
    {
        var body = new JsonObject { [message.Content.Type] = message.Content.Write(Wire.Text) };
        if (message.Content is TextContent)
        {
            // With messages saved the context inside is emptied; the one beside stays.
            body[message.Content.Type]!["contextInfo"] = new JsonObject();
        }

        return body;
    }

    // The content's own copy of the context. v2 has flattened texts, so that they have none.
    private static void PutContext(JsonObject body, Content content, JsonObject? context)
    {
        if (!content.HoldsContext || body[content.Type] is not JsonObject inner)
        {
            return;
        }

        if (content is TextContent)
        {
            inner["contextInfo"] = new JsonObject();
        }
        else if (context is not null)
        {
            inner["contextInfo"] = context.DeepClone();
        }
    }

    private static void PutThread(JsonObject info, Dialect dialect)
    {
        if (dialect.Keys == KeyForm.PhoneOnly)
        {
            info["threadId"] = new JsonArray();
        }
    }

    // Numbers of the sender's devices: of no use to anybody, yet in every message, sometimes before its content.
    private static JsonObject DeviceInfo(Wire wire, Dialect dialect)
    {
        var devices = new JsonObject
        {
            ["senderKeyHash"] = wire.Bytes([3, 10, 17, 24, 31, 38, 45, 52, 59, 66]),
            ["senderTimestamp"] = wire.Long(1763800000, unsigned: true),
            ["recipientKeyHash"] = wire.Bytes([4, 11, 18, 25, 32, 39, 46, 53, 60, 67]),
            ["recipientTimestamp"] = wire.Long(1763800001, unsigned: true),
        };
        var info = new JsonObject
        {
            ["deviceListMetadata"] = devices,
            ["deviceListMetadataVersion"] = 2,
            ["messageSecret"] = wire.Bytes([9, 16, 23, 30, 37, 44, 51, 58]),
        };
        if (wire.BytesAsObject)
        {
            devices["senderKeyIndexes"] = new JsonArray();
            devices["recipientKeyIndexes"] = new JsonArray();
        }

        PutThread(info, dialect);

        return info;
    }
}
