using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Instances;

/// <summary>How a version tells that a message was deleted for everyone on a phone.</summary>
internal static class Deletions
{
    /// <returns>Ends when the queue may go on: the gateway waits for the webhook of a protocol message, with all its retries.</returns>
    public static async Task Tell(Instance instance, Person peer, bool fromMe, string id, Addressing addressing)
    {
        var dialect = instance.Gateway.Dialect;
        var known = instance.Messages.Find(id);
        var remote = addressing == Addressing.Phone || peer.HiddenJid is null ? peer.PhoneJid : peer.HiddenJid;
        if (dialect.IsV1)
        {
            known?.Statuses.Add(new StatusRow("DELETED", remote, DateTimeOffset.UtcNow));
            _ = instance.Post("messages.delete", new MessageKey(remote, fromMe, id).Write());
            return;
        }

        var told = instance.Post("messages.edited", new JsonObject
        {
            ["key"] = Edits.EditorsKey(instance, peer, fromMe, id, addressing).Write(),
            ["type"] = "REVOKE",
        });
        if (known is not null || dialect.TellsOfUnknown)
        {
            _ = instance.Post("messages.delete", Key(dialect, peer, fromMe, id, remote, addressing));
        }

        if (known is not null)
        {
            known.Erased = true;
            IReadOnlyList<string> statuses = dialect.Keys == KeyForm.PhoneOnly ? ["EDITED", "SERVER_ACK"] : ["DELETED", "EDITED"];
            known.Statuses.AddRange(statuses.Select(status => new StatusRow(status, remote, DateTimeOffset.UtcNow)));
        }

        await told;
    }

    private static JsonObject Key(Dialect dialect, Person peer, bool fromMe, string id, string remote, Addressing addressing)
    {
        var key = new JsonObject { ["remoteJid"] = remote };
        if (!dialect.RawProtobuf)
        {
            key["fromMe"] = fromMe;
            key["id"] = id;
            return key;
        }

        var hidden = Jid.IsHidden(remote);
        var other = hidden ? peer.PhoneJid : peer.HiddenJid;
        if (other is not null && addressing != Addressing.HiddenIdOnly && (hidden || !fromMe))
        {
            key["remoteJidAlt"] = other;
        }

        key["fromMe"] = fromMe;
        key["id"] = id;
        key["participant"] = "";
        key["addressingMode"] = hidden ? "lid" : "pn";
        if (dialect.Keys == KeyForm.PhoneOnly)
        {
            key["status"] = "DELETED";
        }

        return key;
    }
}
