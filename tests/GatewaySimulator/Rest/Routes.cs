namespace Parley.GatewaySimulator.Rest;

/// <summary>The calls that a version knows.</summary>
internal static class Routes
{
    /// <returns>By method and path without the instance, as in <c>POST message/sendText</c>.</returns>
    public static IReadOnlyDictionary<string, Route> Of(Dialect dialect)
    {
        var isV1 = dialect.IsV1;
        // v1 changes things with PUT where v2 uses POST, and asks for chats with GET.
        var change = isV1 ? "PUT" : "POST";
        var routes = new Dictionary<string, Route>(StringComparer.Ordinal)
        {
            ["POST instance/create"] = new(CreateInstance.Handle, [], ForInstance: false, KeyNeed.Global),
            ["GET instance/fetchInstances"] = new(ListInstances.Handle, [], ForInstance: false, KeyNeed.AnyInstance),
            ["GET instance/connect"] = new(InstanceCalls.Connect, []),
            ["GET instance/connectionState"] = new(InstanceCalls.State, []),
            [$"{change} instance/restart"] = new(InstanceCalls.Restart, []),
            ["DELETE instance/logout"] = new(InstanceCalls.LogOut, []),
            ["DELETE instance/delete"] = new(InstanceCalls.Delete, []),
            ["POST instance/setPresence"] = new(InstanceCalls.SetPresence, ["presence"]),
            ["POST settings/set"] = new(InstanceCalls.SetSettings, []),
            ["GET settings/find"] = new(InstanceCalls.FindSettings, []),
            ["POST webhook/set"] = new(WebhookCalls.Set, isV1 ? ["url"] : ["webhook"]),
            ["GET webhook/find"] = new(WebhookCalls.Find, []),
            ["POST message/sendText"] = Send(SendCalls.Text, isV1 ? ["textMessage", "number"] : ["number", "text"]),
            ["POST message/sendMedia"] = Send(SendCalls.Media, isV1 ? ["mediaMessage", "number"] : ["number", "mediatype"]),
            ["POST message/sendWhatsAppAudio"] = Send(SendCalls.Audio, isV1 ? ["audioMessage", "number"] : ["number"]),
            ["POST message/sendSticker"] = Send(SendCalls.Sticker, isV1 ? ["stickerMessage", "number"] : ["number", "sticker"]),
            ["POST message/sendLocation"] = Send(
                SendCalls.Location, isV1 ? ["locationMessage", "number"] : ["number", "latitude", "longitude"]),
            ["POST message/sendContact"] = Send(SendCalls.Contact, isV1 ? ["contactMessage", "number"] : ["number", "contact"]),
            ["POST message/sendReaction"] = Send(SendCalls.Reaction, isV1 ? ["reactionMessage"] : ["key", "reaction"]),
            ["POST message/sendPoll"] = Send(
                SendCalls.Poll, isV1 ? ["pollMessage", "number"] : ["number", "name", "selectableCount", "values"]),
            ["POST message/sendList"] = Send(SendCalls.List, isV1 ? ["listMessage", "number"] : ["number", "title", "buttonText", "sections"]),
            ["POST message/sendButtons"] = Send(SendCalls.Buttons, isV1 ? ["buttonMessage", "number"] : ["number"]),
            ["POST message/sendStatus"] = Send(SendCalls.Status, isV1 ? ["statusMessage"] : ["type", "content"]),
            ["POST chat/whatsappNumbers"] = new(ChatCalls.CheckNumbers, []),
            [$"{change} chat/markMessageAsRead"] = new(ChatCalls.MarkRead, [isV1 ? "read_messages" : "readMessages"]),
            [$"{change} chat/markChatUnread"] = new(ChatCalls.MarkUnread, ["lastMessage", "chat"]),
            [$"{change} chat/archiveChat"] = new(ChatCalls.Archive, ["chat", "archive"]),
            ["POST chat/sendPresence"] = new(ChatCalls.SendPresence, ["number"]),
            ["DELETE chat/deleteMessageForEveryone"] = new(ChatCalls.Delete, ["id", "fromMe", "remoteJid"]),
            [$"{change} chat/updateMessage"] = new(ChatCalls.Edit, []),
            ["POST chat/getBase64FromMediaMessage"] = new(ChatCalls.ReadMedia, []),
            ["POST chat/fetchProfilePictureUrl"] = new(ChatCalls.FetchPicture, ["number"]),
            ["POST chat/findMessages"] = new(FindCalls.Messages, []),
            ["POST chat/findStatusMessage"] = new(FindCalls.Statuses, []),
            [$"{(isV1 ? "GET" : "POST")} chat/findChats"] = new(FindCalls.Chats, []),
            ["POST chat/findContacts"] = new(FindCalls.Contacts, []),
            ["GET group/findGroupInfos"] = new(GroupCalls.Find, []),
            ["GET group/participants"] = new(GroupCalls.Participants, []),
            ["GET group/fetchAllGroups"] = new(GroupCalls.All, []),
        };
        if (!isV1)
        {
            routes["POST message/sendPtv"] = Send(SendCalls.Note, ["number", "video"]);
            routes["GET chat/findChatByRemoteJid"] = new(FindCalls.Chat, []);
        }

        return routes;
    }

    private static Route Send(Func<RestCall, Task<Answer>> handle, string[] required) => new(handle, required);
}
