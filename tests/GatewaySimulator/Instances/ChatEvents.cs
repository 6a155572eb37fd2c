using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Instances;

/// <summary>The events of chats and contacts that come with each message: most of the noise.</summary>
internal static class ChatEvents
{
    public static void Tell(Instance instance, StoredMessage message)
    {
        var isV1 = instance.Gateway.Dialect.IsV1;
        var chat = message.ChatJid;
        var chatRow = isV1
            ? new JsonObject { ["id"] = chat, ["owner"] = instance.Sender }
            : new JsonObject { ["remoteJid"] = chat, ["instanceId"] = instance.Id };
        var isNew = instance.Contacts.Add(chat);
        if (isNew || message.FromMe)
        {
            _ = instance.Post("contacts.upsert", Contact(instance, chat, message.PushName));
        }

        _ = instance.Post("chats.update", new JsonArray(chatRow));
        if (!message.FromMe)
        {
            _ = instance.Post("contacts.update", new JsonArray(Contact(instance, chat, name: null)));
        }
    }

    private static JsonObject Contact(Instance instance, string jid, string? name)
    {
        var isV1 = instance.Gateway.Dialect.IsV1;
        var contact = new JsonObject { [isV1 ? "id" : "remoteJid"] = jid };
        if (name is not null)
        {
            contact["pushName"] = name;
        }

        contact[isV1 ? "profilePictureUrl" : "profilePicUrl"] = null;
        contact[isV1 ? "owner" : "instanceId"] = isV1 ? instance.Name : instance.Id;
        return contact;
    }
}
