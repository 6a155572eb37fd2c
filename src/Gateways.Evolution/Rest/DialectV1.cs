using System.Text.Json.Nodes;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>1.x: snake_case, everything wrapped, and much forgotten (gateway notes, 7).</summary>
internal sealed class DialectV1 : Dialect
{
    /// <summary>It refuses a list with any other name in it (1.8.2/05).</summary>
    private static readonly string[] Events =
    [
        "APPLICATION_STARTUP", "QRCODE_UPDATED", "MESSAGES_SET", "MESSAGES_UPSERT", "MESSAGES_UPDATE", "MESSAGES_DELETE", "SEND_MESSAGE",
        "CONTACTS_SET", "CONTACTS_UPSERT", "CONTACTS_UPDATE", "PRESENCE_UPDATE", "CHATS_SET", "CHATS_UPSERT", "CHATS_UPDATE", "CHATS_DELETE",
        "GROUPS_UPSERT", "GROUP_UPDATE", "GROUP_PARTICIPANTS_UPDATE", "CONNECTION_UPDATE", "LABELS_EDIT", "LABELS_ASSOCIATION", "CALL",
        "NEW_JWT_TOKEN", "TYPEBOT_START", "TYPEBOT_CHANGE_STATUS", "CHAMA_AI_ACTION",
    ];

    public override HttpMethod Change => HttpMethod.Put;

    public override bool ForgetsAtCreate => true;

    public override bool DeletesClosedOnly => true;

    public override bool PagesMessages => false;

    public override JsonObject Create(InstanceOrder order)
    {
        var body = new JsonObject
        {
            ["instanceName"] = order.InstanceName,
            ["token"] = order.Token,
            ["qrcode"] = true,
            ["groups_ignore"] = false,
            ["webhook"] = order.Webhook.Url,
            ["webhook_by_events"] = order.Webhook.ByEvents,
            ["webhook_base64"] = BringsMedia(order.Webhook),
            ["events"] = EventsOf(order.Webhook),
        };
        if (order.PhoneNumber is { } number)
        {
            body["number"] = number;
        }

        return body;
    }

    public override JsonObject Webhook(InstanceWebhook webhook) => new()
    {
        ["enabled"] = webhook.Enabled,
        ["url"] = webhook.Url,
        ["webhook_by_events"] = webhook.ByEvents,
        ["webhook_base64"] = BringsMedia(webhook),
        ["events"] = EventsOf(webhook),
    };

    public override JsonObject Settings() => new()
    {
        ["reject_call"] = false,
        ["msg_call"] = "",
        ["groups_ignore"] = false,
        ["always_online"] = false,
        ["read_messages"] = false,
        ["read_status"] = false,
        ["sync_full_history"] = false,
    };

    public override SendBody Send(OutgoingMessage message)
    {
        var outgoing = Outgoing.Of(message.Content);
        var (wrapper, options) = (WrapperOf(outgoing.Call), OptionsOf(message));
        var own = outgoing.Own;
        switch (outgoing.Call)
        {
            case Outgoing.Sticker:
                own = new JsonObject { ["image"] = JsonWithMedia.Place };
                break;
            case Outgoing.VoiceNote:
                // Without options the call fails (1.8.2/109).
                options["encoding"] = own["encoding"]!.GetValue<bool>();
                own.AsObject().Remove("encoding");
                break;
            default:
                break;
        }

        var body = new JsonObject { ["number"] = Keys.Number(message.To) };
        if (options.Count > 0)
        {
            body["options"] = options;
        }

        body[wrapper] = own;
        return new(outgoing.Call, body);
    }

    public override JsonObject Reaction(MessageReference message, string emoji) =>
        new() { ["reactionMessage"] = new JsonObject { ["key"] = Keys.Of(message), ["reaction"] = emoji } };

    public override JsonObject MarkRead(IReadOnlyList<MessageReference> messages) =>
        new() { ["read_messages"] = new JsonArray([.. messages.Select(Keys.Of)]) };

    public override JsonObject Presence(string number, string state, int delayMs) =>
        new() { ["number"] = number, ["options"] = new JsonObject { ["presence"] = state, ["delay"] = delayMs } };

    private static JsonObject OptionsOf(OutgoingMessage message)
    {
        var options = new JsonObject();
        if (message.Quoted is { } quoted)
        {
            options["quoted"] = Keys.Quoted(quoted);
        }

        if (Keys.People(message.Content.Mentions) is { Count: > 0 } people)
        {
            options["mentions"] = new JsonObject { ["everyOne"] = false, ["mentioned"] = people };
        }

        return options;
    }

    private static string WrapperOf(string call) => call switch
    {
        Outgoing.Text => "textMessage",
        Outgoing.Media => "mediaMessage",
        Outgoing.VoiceNote => "audioMessage",
        Outgoing.Sticker => "stickerMessage",
        Outgoing.Place => "locationMessage",
        Outgoing.Contact => "contactMessage",
        _ => "pollMessage",
    };

    /// <summary>Media that it cannot download cost the whole message there (1.8.2/78). Without their bytes it comes, and they are asked for.</summary>
    private static bool BringsMedia(InstanceWebhook webhook) => webhook is { Base64: true, IsOwn: false };

    private static JsonArray EventsOf(InstanceWebhook webhook) =>
        new([.. webhook.Events.Where(e => Array.IndexOf(Events, e) >= 0).Select(static e => (JsonNode)e)]);
}
