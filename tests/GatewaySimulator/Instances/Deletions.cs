using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Instances;

/// <summary>How a version tells that a message was deleted for everyone on a phone.</summary>
internal static class Deletions
{
    /// <returns>Ends when the queue may go on: the gateway waits for the webhook of a protocol message, with all its retries.</returns>
    public static async Task Tell(Instance instance, Change change)
    {
        var dialect = instance.Gateway.Dialect;
        var known = instance.Messages.Find(change.Id);
        if (dialect.IsV1)
        {
            known?.Statuses.Add(new StatusRow("DELETED", change.ChatJid, DateTimeOffset.UtcNow));
            var bare = new MessageKey(change.ChatJid, change.FromMe, change.Id, change.Group is null ? null : change.Peer.PhoneJid);
            _ = instance.Post("messages.delete", bare.Write());
            return;
        }

        var told = instance.Post("messages.edited", new JsonObject
        {
            ["key"] = Edits.EditorsKey(instance, change).Write(),
            ["type"] = "REVOKE",
        });
        if (known is not null || dialect.TellsOfUnknown)
        {
            _ = instance.Post("messages.delete", Key(dialect, change));
        }

        if (known is not null)
        {
            known.Erased = true;
            IReadOnlyList<string> statuses = dialect.Keys == KeyForm.PhoneOnly ? ["EDITED", "SERVER_ACK"] : ["DELETED", "EDITED"];
            known.Statuses.AddRange(statuses.Select(status => new StatusRow(status, change.ChatJid, DateTimeOffset.UtcNow)));
        }

        await told;
    }

    // Not mapped as in upserts: the hidden id stays, the phone beside it.
    private static JsonObject Key(Dialect dialect, Change change)
    {
        var key = new JsonObject { ["remoteJid"] = change.ChatJid };
        if (!dialect.RawProtobuf)
        {
            key["fromMe"] = change.FromMe;
            key["id"] = change.Id;
            return key;
        }

        var hidden = Jid.IsHidden(change.PeerJid);
        var other = hidden ? change.Peer.PhoneJid : change.Peer.HiddenJid;
        var otherIsTold = other is not null && change.Addressing != Addressing.HiddenIdOnly;
        if (change.Group is null && otherIsTold && (hidden || !change.FromMe))
        {
            key["remoteJidAlt"] = other;
        }

        key["fromMe"] = change.FromMe;
        key["id"] = change.Id;
        key["participant"] = change.Group is null ? "" : change.PeerJid;
        if (change.Group is not null && otherIsTold)
        {
            key["participantAlt"] = other;
        }

        key["addressingMode"] = hidden ? "lid" : "pn";
        if (dialect.Keys == KeyForm.PhoneOnly)
        {
            key["status"] = "DELETED";
        }

        return key;
    }
}
