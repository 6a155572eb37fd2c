using System.Text.Json.Nodes;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>2.x: camelCase, sends flat, the webhook nested (gateway notes, 2 to 5).</summary>
/// <param name="unknownEvents">Events that this version does not know: it refuses to set a list with one of them in it.</param>
internal sealed class DialectV2(params string[] unknownEvents) : Dialect
{
    public override HttpMethod Change => HttpMethod.Post;

    public override bool ForgetsAtCreate => false;

    public override bool DeletesClosedOnly => false;

    public override bool PagesMessages => true;

    public override JsonObject Create(InstanceOrder order)
    {
        var body = new JsonObject
        {
            ["instanceName"] = order.InstanceName,
            ["integration"] = "WHATSAPP-BAILEYS",
            ["token"] = order.Token,
            ["qrcode"] = true,
            ["groupsIgnore"] = false,
            ["webhook"] = WebhookOf(order.Webhook),
        };
        if (order.PhoneNumber is { } number)
        {
            body["number"] = number;
        }

        return body;
    }

    public override JsonObject Webhook(InstanceWebhook webhook)
    {
        var body = WebhookOf(webhook);
        body["enabled"] = webhook.Enabled;
        return new() { ["webhook"] = body };
    }

    public override JsonObject Settings() => new()
    {
        ["rejectCall"] = false,
        ["msgCall"] = "",
        ["groupsIgnore"] = false,
        ["alwaysOnline"] = false,
        ["readMessages"] = false,
        ["readStatus"] = false,
        ["syncFullHistory"] = false,
    };

    public override SendBody Send(OutgoingMessage message)
    {
        var outgoing = Outgoing.Of(message.Content);
        var body = new JsonObject { ["number"] = Keys.Number(message.To) };
        if (message.Quoted is { } quoted)
        {
            body["quoted"] = Keys.Quoted(quoted);
        }

        if (Keys.People(message.Content.Mentions) is { Count: > 0 } people)
        {
            body["mentioned"] = people;
        }

        if (outgoing.Own is JsonArray contacts)
        {
            body["contact"] = contacts;
            return new(outgoing.Call, body);
        }

        foreach (var (name, value) in outgoing.Own.AsObject().ToList())
        {
            body[name] = value?.DeepClone();
        }

        return new(outgoing.Call, body);
    }

    public override JsonObject Reaction(MessageReference message, string emoji) =>
        new() { ["key"] = Keys.Of(message), ["reaction"] = emoji };

    public override JsonObject MarkRead(IReadOnlyList<MessageReference> messages) =>
        new() { ["readMessages"] = new JsonArray([.. messages.Select(Keys.Of)]) };

    public override JsonObject Presence(string number, string state, int delayMs) =>
        new() { ["number"] = number, ["presence"] = state, ["delay"] = delayMs };

    private JsonObject WebhookOf(InstanceWebhook webhook)
    {
        var headers = new JsonObject();
        foreach (var (name, value) in webhook.Headers)
        {
            headers[name] = value;
        }

        return new()
        {
            ["url"] = webhook.Url,
            ["byEvents"] = webhook.ByEvents,
            ["base64"] = webhook.Base64,
            ["headers"] = headers,
            ["events"] = new JsonArray([.. webhook.Events.Except(unknownEvents, StringComparer.Ordinal).Select(static e => (JsonNode)e)]),
        };
    }
}
