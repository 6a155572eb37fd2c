using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Instances;

/// <summary>How a version tells that a message was changed on a phone.</summary>
internal static class Edits
{
    /// <param name="extended">The new text comes in the form of replies and links.</param>
    /// <returns>Ends when the queue may go on: the gateway waits for the webhook of an edit, with all its retries.</returns>
    public static async Task Tell(Instance instance, Change change, string text, bool extended = false)
    {
        if (instance.Gateway.Dialect.IsV1)
        {
            TellAsMessage(instance, change, text);
            return;
        }

        var known = instance.Messages.Find(change.Id);
        var words = new TextContent(text) { Extended = extended };
        var edited = known?.Content is MediaContent media
            ? new JsonObject { [media.Type] = new JsonObject { ["caption"] = text } }
            : new JsonObject { [words.Type] = words.Write(Wire.Text) };
        var told = instance.Post("messages.edited", new JsonObject
        {
            ["key"] = EditorsKey(instance, change).Write(),
            ["type"] = "MESSAGE_EDIT",
            ["editedMessage"] = edited.DeepClone(),
            ["timestampMs"] = change.At.ToUnixTimeMilliseconds().ToString(),
        });
        TellAsUpdate(instance, known, change, edited);
        if (known is not null)
        {
            Apply(known, words);
            if (instance.Gateway.Dialect.Keys == KeyForm.PhoneOnly)
            {
                known.Add(new StatusRow("SERVER_ACK", known.ChatJid, known.Time));
            }
        }

        await told;
    }

    /// <summary>The new content replaces the old one, and the row moves to the time of the edit.</summary>
    public static void Apply(StoredMessage message, TextContent words)
    {
        message.Edits++;
        message.Content = message.Content is MediaContent media ? media with { Caption = words.Words } : words;
        message.Time = DateTimeOffset.UtcNow;
        message.Add(new StatusRow("EDITED", message.ChatJid, message.Time));
    }

    /// <summary>From the editor's side: when the contact edits, the chat is the line itself and the message its own.</summary>
    public static MessageKey EditorsKey(Instance instance, Change change) => new(
        change.Group?.GroupJid ?? change.AddressOf(change.FromMe ? change.Peer : Owner(instance)),
        FromMe: true,
        change.Id,
        change.Group is null ? null : change.PeerJid);

    // A log-out may have come in between.
    private static Person Owner(Instance instance) => instance.Account ?? instance.Gateway.WhatsApp.FindOrAdd(instance.Sender!);

    private static void TellAsUpdate(Instance instance, StoredMessage? known, Change change, JsonObject edited)
    {
        var update = new JsonObject { ["keyId"] = change.Id, ["remoteJid"] = change.ChatJid, ["fromMe"] = change.FromMe };
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
                update["participant"] = change.ChatJid;
                update["status"] = "DELETED";
                update["instanceId"] = instance.Id;
                if (known is not null)
                {
                    update["messageId"] = known.RowId;
                    known.Add(new StatusRow("DELETED", change.ChatJid, DateTimeOffset.UtcNow));
                }

                break;
            default:
                return;
        }

        _ = instance.Post("messages.update", update);
    }

    // v1: a message of its own, with a new id, the target and the text deep inside.
    private static void TellAsMessage(Instance instance, Change change, string text)
    {
        var protocol = new JsonObject
        {
            ["key"] = EditorsKey(instance, change).Write(),
            ["type"] = "MESSAGE_EDIT",
            ["editedMessage"] = new JsonObject { ["conversation"] = text },
            ["timestampMs"] = change.At.ToUnixTimeMilliseconds().ToString(),
        };
        var wrapped = new JsonObject { ["message"] = new JsonObject { ["protocolMessage"] = protocol } };
        var message = new StoredMessage
        {
            Id = NewIds.Phone("android"),
            FromMe = change.FromMe,
            Peer = change.Peer,
            Addressing = change.Addressing,
            PushName = change.FromMe ? instance.Account?.Name : change.Peer.Name,
            Content = new OtherContent("editedMessage", wrapped, text),
        };
        _ = instance.Post("messages.upsert", MessageWriter.Upsert(instance, message));
    }
}
