using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;
using Parley.GatewaySimulator.Writing;

namespace Parley.GatewaySimulator.Rest;

/// <summary>The calls on chats and on messages that are there already.</summary>
internal static class ChatCalls
{
    public static Task<Answer> CheckNumbers(RestCall call)
    {
        if (call.Body.Texts("numbers") is not { } numbers)
        {
            return Task.FromResult(call.Dialect.IsV1
                ? Answer.Error(500, "Cannot read properties of undefined (reading 'forEach')")
                : new Answer(400, new JsonObject()));
        }

        if (numbers.Count == 0)
        {
            return Task.FromResult(new Answer(400, new JsonObject
            {
                ["status"] = 400,
                ["error"] = "Bad Request",
                ["message"] = new JsonArray(Json.Array(["numbers does not meet minimum length of 1"])),
            }));
        }

        if (!call.Instance.Connection.HasSocket)
        {
            return Task.FromResult(Answer.Error(500, "Cannot read properties of undefined (reading 'onWhatsApp')"));
        }

        // Groups come first, whatever the order asked.
        var groups = numbers.Where(each => Jid.IsGroup(Jid.FromNumber(each)));
        var users = numbers.Where(each => !Jid.IsGroup(Jid.FromNumber(each)));
        var rows = groups.Select(each => Group(call, each)).Concat(users.Select(each => User(call, each)));
        return Task.FromResult(Answer.Ok(new JsonArray([.. rows.Select(row => (JsonNode)row)])));
    }

    public static Task<Answer> MarkRead(RestCall call)
    {
        RequireSocket(call);
        foreach (var key in call.Body[call.Dialect.IsV1 ? "read_messages" : "readMessages"] as JsonArray ?? [])
        {
            var chat = key.Text("remoteJid") ?? "";
            // Hidden ids are dropped without a word.
            if (!Jid.IsHidden(chat))
            {
                call.Gateway.WhatsApp.Add(new ReadMark(call.Instance.Name, chat, key.Text("id") ?? ""));
            }
        }

        return Task.FromResult(Answer.Created(new JsonObject { ["message"] = "Read messages", ["read"] = "success" }));
    }

    public static Task<Answer> MarkUnread(RestCall call) => Task.FromResult(Answer.Created(new JsonObject
    {
        ["chatId"] = call.Body.Text("chat"),
        ["markedChatUnread"] = true,
    }));

    public static Task<Answer> Archive(RestCall call)
    {
        var chat = call.Body.Text("chat");
        if (call.Body["lastMessage"] is null && call.Instance.Messages.All.All(each => each.ChatJid != chat))
        {
            return Task.FromResult(Answer.Error(500, new JsonArray(new JsonObject
            {
                ["archived"] = false,
                ["message"] = Json.Array(["An error occurred while archiving the chat. Open a calling.", "[object Object]"]),
            })));
        }

        return Task.FromResult(Answer.Created(new JsonObject { ["chatId"] = chat, ["archived"] = true }));
    }

    public static async Task<Answer> SendPresence(RestCall call)
    {
        var number = call.Body.Text("number") ?? "";
        await Outgoing.CheckSession(call, number);
        Outgoing.Resolve(call, number);
        var options = call.Dialect.IsV1 ? call.Body["options"] as JsonObject : call.Body;
        await Task.Delay(TimeSpan.FromMilliseconds(options.Number("delay") ?? 0), call.Gateway.Stopping);
        return new Answer(201, null);
    }

    public static Task<Answer> Delete(RestCall call)
    {
        RequireSocket(call);
        var id = call.Body.Text("id") ?? "";
        var chat = call.Body.Text("remoteJid") ?? "";
        call.Instance.Sends.SendChange(chat, "revoke", id, text: null);
        var known = call.Instance.Messages.Find(id);
        if (known is not null && !call.Dialect.IsV1)
        {
            known.DeletedByRest = true;
            known.Add(new StatusRow("DELETED", known.ChatJid, DateTimeOffset.UtcNow));
            _ = call.Instance.Post("messages.delete", DeletedRow(call.Instance, known));
        }

        var protocol = new JsonObject { ["key"] = TargetKey(call.Body, chat, id), ["type"] = "REVOKE" };
        return Task.FromResult(Answer.Created(ProtocolMessage(call, chat, protocol)));
    }

    public static Task<Answer> Edit(RestCall call)
    {
        RequireSocket(call);
        var key = call.Body["key"];
        var id = key.Text("id") ?? "";
        var text = call.Body.Text("text") ?? "";
        var number = Jid.FromNumber(call.Body.Text("number") ?? "");
        var known = call.Instance.Messages.Find(id);
        if (!call.Dialect.IsV1)
        {
            if (known is null)
            {
                return Task.FromResult(Answer.Errors(400, "Message not compatible"));
            }

            if (known.ChatJid != number && call.Gateway.WhatsApp.Resolve(number) != known.ChatJid)
            {
                return Task.FromResult(Answer.Errors(400, "RemoteJid does not match"));
            }
        }

        var chat = known?.ChatJid ?? number;
        call.Instance.Sends.SendChange(chat, "edit", id, text);
        var protocol = new JsonObject
        {
            ["key"] = TargetKey(key as JsonObject ?? [], chat, id),
            ["type"] = "MESSAGE_EDIT",
            ["editedMessage"] = new JsonObject { ["extendedTextMessage"] = new JsonObject { ["text"] = text } },
            ["timestampMs"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(),
        };
        if (known is not null && !call.Dialect.IsV1)
        {
            Edits.Apply(known, new TextContent(text));
            var told = (JsonObject)protocol.DeepClone();
            if (call.Dialect.Keys == KeyForm.AsAddressed)
            {
                // 2.3.6 writes the same in numbers.
                told["type"] = 14;
                told["timestampMs"] = long.Parse(protocol.Text("timestampMs")!);
            }

            _ = call.Instance.Post("send.message.update", told);
        }

        return Task.FromResult(Answer.Ok(ProtocolMessage(call, chat, protocol)));
    }

    public static Task<Answer> ReadMedia(RestCall call)
    {
        if (call.Body["message"] is not JsonObject asked)
        {
            return Task.FromResult(Answer.Errors(400, "TypeError: Cannot read properties of undefined (reading 'key')"));
        }

        var message = call.Instance.Messages.Find(asked["key"].Text("id") ?? "");
        return Task.FromResult(message?.Content switch
        {
            null => Answer.Errors(400, "Message not found"),
            MediaContent { Expired: true } => Answer.Errors(400, "AxiosError: Request failed with status code 410"),
            MediaContent media when !message.Erased => Answer.Created(Media(call, asked, message, media)),
            _ => Answer.Errors(400, "The message is not of the media type"),
        });
    }

    public static Task<Answer> FetchPicture(RestCall call)
    {
        var jid = Outgoing.Resolve(call, call.Body.Text("number") ?? "");
        return Task.FromResult(Answer.Ok(new JsonObject
        {
            ["wuid"] = jid,
            ["profilePictureUrl"] = call.Gateway.WhatsApp.Find(jid)?.PictureUrl,
        }));
    }

    private static JsonObject Group(RestCall call, string number)
    {
        var jid = Jid.FromNumber(number);
        var group = call.Gateway.WhatsApp.FindGroup(jid);
        var row = new JsonObject { ["jid"] = jid, ["exists"] = group is not null, ["number"] = number };
        if (group is not null)
        {
            row["name"] = group.Subject;
        }

        return row;
    }

    private static JsonObject User(RestCall call, string number)
    {
        var asked = Jid.FromNumber(number);
        var person = call.Gateway.WhatsApp.Find(asked);
        var isCached = person is not null && person.Phone.Length > 0 && call.Instance.Contacts.Contains(Jid.IsHidden(asked) ? person.HiddenJid! : person.PhoneJid);
        // A known hidden id answers the phone, except in 2.3.2; v1 knows none.
        var jid = Jid.IsHidden(asked)
            ? isCached && call.Dialect.RawProtobuf ? person!.PhoneJid : asked
            : call.Gateway.WhatsApp.Resolve(asked);
        var exists = jid is not null && !(Jid.IsHidden(asked) && call.Dialect.IsV1);
        var row = new JsonObject { ["jid"] = jid ?? asked, ["exists"] = exists, ["number"] = number };
        if (exists && !call.Dialect.IsV1)
        {
            if (isCached && !Jid.IsHidden(asked))
            {
                row["name"] = person!.Name;
            }

            if (isCached || Jid.IsHidden(asked))
            {
                // The very word, never the id.
                row["lid"] = "lid";
            }
        }

        return row;
    }

    private static void RequireSocket(RestCall call)
    {
        if (call.Instance.Connection.State == "close")
        {
            throw new RestException(Answer.Errors(500, "Connection Closed"));
        }
    }

    private static JsonObject TargetKey(JsonObject given, string chat, string id)
    {
        var key = new MessageKey(chat, given.Flag("fromMe") ?? true, id).Write();
        if (given.Text("participant") is { } participant)
        {
            key["participant"] = participant;
        }

        return key;
    }

    private static JsonObject ProtocolMessage(RestCall call, string chat, JsonObject protocol) => new()
    {
        ["key"] = new MessageKey(chat, FromMe: true, NewIds.Sent(call.Dialect)).Write(),
        ["message"] = new JsonObject { ["protocolMessage"] = protocol },
        ["messageTimestamp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(),
        ["status"] = "PENDING",
    };

    // The full row, whose id is the database's.
    private static JsonObject DeletedRow(Instance instance, StoredMessage message)
    {
        var content = message.Content;
        return new JsonObject
        {
            ["id"] = message.RowId,
            ["instanceId"] = instance.Id,
            ["key"] = KeyWriter.Stored(message, instance.Gateway.Dialect),
            ["messageType"] = message.Type,
            ["status"] = "DELETED",
            ["source"] = message.Source,
            ["messageTimestamp"] = message.Time.ToUnixTimeSeconds(),
            ["pushName"] = message.PushName,
            ["participant"] = null,
            ["message"] = new JsonObject { [content.Type] = content.Write(Wire.Stored) },
        };
    }

    private static JsonObject Media(RestCall call, JsonObject asked, StoredMessage message, MediaContent media)
    {
        // A caller who gives the whole message gets its length back as given.
        var given = asked["message"]?[media.Type]?["fileLength"]?.DeepClone();
        var size = new JsonObject { ["fileLength"] = given ?? Wire.Stored.Long(media.Bytes.Length, unsigned: true) };
        if (media.Height is not null)
        {
            size["height"] = media.Height;
            size["width"] = media.Width;
        }

        var answer = new JsonObject { ["mediaType"] = media.Type };
        if (media.FileName is not null || !call.Dialect.IsV1)
        {
            answer["fileName"] = media.FileName ?? $"{message.Id}.{media.MimeType.Split('/')[^1].Split(';')[0]}";
        }

        if (media.Caption is not null)
        {
            answer["caption"] = media.Caption;
        }

        answer["size"] = size;
        answer["mimetype"] = media.MimeType;
        answer["base64"] = Convert.ToBase64String(media.Bytes);
        if (!call.Dialect.IsV1)
        {
            answer["buffer"] = null;
        }

        return answer;
    }
}
