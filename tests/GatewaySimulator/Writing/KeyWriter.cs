using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;

namespace Parley.GatewaySimulator.Writing;

/// <summary>Writes the <c>key</c> of a message as a version does: how people are named is the largest difference between them.</summary>
internal static class KeyWriter
{
    /// <summary>In <c>messages.upsert</c>.</summary>
    public static JsonObject Upsert(StoredMessage message, Dialect dialect) => Write(message, dialect, stored: false);

    /// <summary>In the database: 2.3.7 keeps the hidden id that its webhooks leave out.</summary>
    public static JsonObject Stored(StoredMessage message, Dialect dialect)
    {
        var key = Write(message, dialect, stored: true);
        if (message.DeletedByRest)
        {
            key["deleted"] = true;
        }

        return key;
    }

    private static JsonObject Write(StoredMessage message, Dialect dialect, bool stored)
    {
        if (message.SentTo is { } to)
        {
            var isMenu = message.Content is OtherContent { Name: "viewOnceMessage" };
            return new MessageKey(to, FromMe: true, message.Id, isMenu ? to : null).Write();
        }

        if (message.Group is { } group)
        {
            return Group(message, group, dialect);
        }

        var peer = message.Peer!;
        var key = new JsonObject();
        switch (dialect.Keys)
        {
            case KeyForm.PassedThrough:
                key["remoteJid"] = message.ChatJid;
                Add(key, message);
                return key;
            case KeyForm.PhoneAndPrevious:
                WritePhoneAndPrevious(key, message, peer);
                return key;
        }

        var hidden = message.Addressing != Addressing.Phone && peer.HiddenJid is not null;
        var phoneToo = message.Addressing != Addressing.HiddenIdOnly;
        key["remoteJid"] = !hidden ? peer.PhoneJid
            : phoneToo && dialect.Keys == KeyForm.PhoneOnly && !stored ? peer.PhoneJid
            : peer.HiddenJid;
        // A message that the owner wrote to a phone names no hidden id.
        if (hidden ? phoneToo : peer.HiddenJid is not null && !message.FromMe)
        {
            key["remoteJidAlt"] = hidden ? peer.PhoneJid : peer.HiddenJid;
        }

        Add(key, message);
        key["participant"] = "";
        key["addressingMode"] = hidden ? "lid" : "pn";
        return key;
    }

    private static void WritePhoneAndPrevious(JsonObject key, StoredMessage message, Person peer)
    {
        var hidden = message.Addressing != Addressing.Phone && peer.HiddenJid is not null;
        if (message.FromMe)
        {
            key["remoteJid"] = hidden ? peer.HiddenJid : peer.PhoneJid;
            Add(key, message);
            return;
        }

        if (!hidden)
        {
            key["remoteJid"] = peer.PhoneJid;
            Add(key, message);
            if (peer.HiddenJid is not null)
            {
                key["senderLid"] = peer.HiddenJid;
            }
        }
        else if (message.Addressing == Addressing.HiddenIdOnly)
        {
            key["remoteJid"] = peer.HiddenJid;
            Add(key, message);
        }
        else
        {
            key["remoteJid"] = peer.PhoneJid;
            Add(key, message);
            key["senderPn"] = peer.PhoneJid;
            key["previousRemoteJid"] = peer.HiddenJid;
        }
    }

    private static JsonObject Group(StoredMessage message, Group group, Dialect dialect)
    {
        var author = message.Author!;
        var hidden = message.Addressing != Addressing.Phone && author.HiddenJid is not null && !dialect.IsV1;
        var key = new JsonObject
        {
            ["remoteJid"] = group.GroupJid,
            // 2.3.2 takes what the owner wrote in a group of hidden ids for somebody else's.
            ["fromMe"] = message.FromMe && !(dialect.Keys == KeyForm.PhoneAndPrevious && hidden),
            ["id"] = message.Id,
            ["participant"] = hidden ? author.HiddenJid : author.PhoneJid,
        };
        var other = hidden ? author.PhoneJid : author.HiddenJid;
        var otherIsTold = other is not null && message.Addressing != Addressing.HiddenIdOnly;
        switch (dialect.Keys)
        {
            case KeyForm.PhoneAndPrevious when otherIsTold:
                key[hidden ? "participantPn" : "participantLid"] = other;
                break;
            case KeyForm.AsAddressed or KeyForm.PhoneOnly:
                if (otherIsTold)
                {
                    key["participantAlt"] = other;
                }

                key["addressingMode"] = hidden ? "lid" : "pn";
                break;
        }

        return key;
    }

    private static void Add(JsonObject key, StoredMessage message)
    {
        key["fromMe"] = message.FromMe;
        key["id"] = message.Id;
    }
}
