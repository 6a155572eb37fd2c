using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Instances;

/// <summary>How a version tells that a message was changed on a phone.</summary>
internal static class Edits
{
    /// <returns>Ends when the queue may go on: the gateway waits for the webhook of an edit, with all its retries.</returns>
    public static async Task Tell(Instance instance, Person peer, bool fromMe, string id, string text, Addressing addressing)
    {
        var dialect = instance.Gateway.Dialect;
        if (dialect.IsV1)
        {
            TellAsMessage(instance, peer, fromMe, id, text, addressing);
            return;
        }

        var known = instance.Messages.Find(id);
        var edited = NewContent(known, text);
        var told = instance.Post("messages.edited", new JsonObject
        {
            ["key"] = EditorsKey(instance, peer, fromMe, id, addressing).Write(),
            ["type"] = "MESSAGE_EDIT",
            ["editedMessage"] = edited.DeepClone(),
            ["timestampMs"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(),
        });
        TellAsUpdate(instance, known, peer, fromMe, id, addressing, edited);
        if (known is not null)
        {
            Apply(known, text, instance.Gateway.Dialect);
        }

        await told;
    }

    /// <summary>The new content replaces the old one, and the row moves to the time of the edit.</summary>
    public static void Apply(StoredMessage message, string text, Dialect dialect)
    {
        message.Edits++;
        message.Content = message.Content is MediaContent media ? media with { Caption = text } : new TextContent(text);
        message.Time = DateTimeOffset.UtcNow;
        message.Statuses.Add(new StatusRow("EDITED", message.ChatJid, message.Time));
        if (dialect.Keys == KeyForm.PhoneOnly && !(message.FromMe && message.SentTo is not null))
        {
            message.Statuses.Add(new StatusRow("SERVER_ACK", message.ChatJid, message.Time));
        }
    }

    /// <summary>From the editor's side: when the contact edits, the chat is the line itself and the message its own.</summary>
    public static MessageKey EditorsKey(Instance instance, Person peer, bool fromMe, string id, Addressing addressing)
    {
        var other = fromMe ? peer : instance.Account!;
        return new MessageKey(addressing == Addressing.Phone || other.HiddenJid is null ? other.PhoneJid : other.HiddenJid, FromMe: true, id);
    }

    private static JsonObject NewContent(StoredMessage? known, string text) => known?.Content is MediaContent media
        ? new JsonObject { [media.Type] = new JsonObject { ["caption"] = text } }
        : new JsonObject { ["conversation"] = text };

    private static void TellAsUpdate(
        Instance instance, StoredMessage? known, Person peer, bool fromMe, string id, Addressing addressing, JsonObject edited)
    {
        var remote = addressing == Addressing.Phone || peer.HiddenJid is null ? peer.PhoneJid : peer.HiddenJid;
        var update = new JsonObject { ["keyId"] = id, ["remoteJid"] = remote, ["fromMe"] = fromMe };
        switch (instance.Gateway.Dialect.Keys)
        {
            case KeyForm.PhoneOnly when known is not null:
                update["participant"] = "";
                update["status"] = "SERVER_ACK";
                update["instanceId"] = instance.Id;
                update["message"] = new JsonObject { ["editedMessage"] = new JsonObject { ["message"] = edited.DeepClone() } };
                update["messageId"] = known.RowId;
                break;
            // Once only: the second edit within half an hour is taken for a repetition.
            case KeyForm.PhoneAndPrevious when known is null or { Edits: 0 }:
                update["participant"] = remote;
                update["status"] = "DELETED";
                update["instanceId"] = instance.Id;
                if (known is not null)
                {
                    update["messageId"] = known.RowId;
                }

                break;
            default:
                return;
        }

        _ = instance.Post("messages.update", update);
    }

    // v1: a message of its own, with a new id, the target and the text deep inside.
    private static void TellAsMessage(Instance instance, Person peer, bool fromMe, string id, string text, Addressing addressing)
    {
        var protocol = new JsonObject
        {
            ["key"] = EditorsKey(instance, peer, fromMe, id, addressing).Write(),
            ["type"] = "MESSAGE_EDIT",
            ["editedMessage"] = new JsonObject { ["conversation"] = text },
            ["timestampMs"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(),
        };
        var wrapped = new JsonObject { ["message"] = new JsonObject { ["protocolMessage"] = protocol } };
        var message = new StoredMessage
        {
            Id = NewIds.Phone("android"),
            FromMe = fromMe,
            Peer = peer,
            Addressing = addressing,
            PushName = fromMe ? instance.Account?.Name : peer.Name,
            Content = new OtherContent("editedMessage", wrapped, text),
        };
        _ = instance.Post("messages.upsert", MessageWriter.Upsert(instance, message));
    }
}
