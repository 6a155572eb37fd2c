using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.GatewaySimulator.Rest;

/// <summary><c>POST instance/create</c>, with the traps of each version.</summary>
internal static class CreateInstance
{
    private static readonly string[] Integrations = ["WHATSAPP-BAILEYS", "WHATSAPP-BUSINESS", "EVOLUTION"];

    public static Task<Answer> Handle(RestCall call) => call.Dialect.IsV1 ? CreateV1(call) : CreateV2(call);

    private static async Task<Answer> CreateV2(RestCall call)
    {
        var body = call.Body;
        if (!Integrations.Contains(body.Text("integration")))
        {
            return Answer.Errors(400, "Invalid integration");
        }

        var webhook = body["webhook"] as JsonObject;
        if (webhook is not null && webhook["events"] is not JsonArray)
        {
            // The whole create fails, and the instance goes away again.
            return Answer.Errors(400, "TypeError: Cannot read properties of undefined (reading 'length')");
        }

        var instance = call.Gateway.Instances.Add(body.Text("instanceName")!, Token(body), body.Text("number"), body.Text("integration") == "EVOLUTION");
        if (instance is null)
        {
            return Answer.Errors(403, $"This name \"{body.Text("instanceName")}\" is already in use.");
        }

        if (webhook is not null)
        {
            instance.Webhook = Row(webhook, call.Dialect);
        }

        foreach (var (key, _) in instance.Settings.ToList())
        {
            if (body[key] is { } value)
            {
                instance.Settings[key] = value.DeepClone();
            }
        }

        _ = instance.Post("instance.create", new JsonObject { ["instanceName"] = instance.Name, ["instanceId"] = instance.Id });
        var wantsQr = body.Flag("qrcode") == true && !instance.IsOwnChannel;
        var qr = wantsQr ? await instance.Connection.Start(instance.Number, call.Gateway.Options.QrWait) : null;
        var answer = new JsonObject
        {
            ["instance"] = new JsonObject
            {
                ["instanceName"] = instance.Name,
                ["instanceId"] = instance.Id,
                ["integration"] = body.Text("integration"),
                ["webhookWaBusiness"] = null,
                ["accessTokenWaBusiness"] = "",
                ["status"] = instance.Connection.State,
            },
            ["hash"] = instance.Token,
            ["webhook"] = Echo(webhook),
            ["websocket"] = new JsonObject(),
            ["rabbitmq"] = new JsonObject(),
            ["nats"] = new JsonObject(),
            ["sqs"] = new JsonObject(),
            ["settings"] = instance.Settings.DeepClone(),
        };
        if (wantsQr)
        {
            answer["qrcode"] = InstanceWriter.Qr(qr);
        }

        return Answer.Created(answer);
    }

    private static async Task<Answer> CreateV1(RestCall call)
    {
        var body = call.Body;
        if (body.Text("instanceName") is not { } name)
        {
            return Answer.Errors(500, "MongoInvalidArgumentError: Collection name must be a String");
        }

        if (body["webhook"] is JsonObject)
        {
            return Answer.Invalid("webhook is not of a type(s) string");
        }

        if (body.Text("number") is { } number && !char.IsAsciiDigit(number.FirstOrDefault()))
        {
            return Answer.Invalid("number does not match pattern \"^\\\\d+[\\\\.@\\\\w-]+\"");
        }

        if (body.Texts("events") is { } asked && WebhookCalls.UnknownEvent(asked, call.Dialect) is { } unknown)
        {
            return unknown;
        }

        if (Token(body) is { } token && call.Gateway.Instances.All.Any(each => each.Token == token))
        {
            return Answer.Errors(400, "Token already exists");
        }

        var instance = call.Gateway.Instances.Add(name, Token(body), body.Text("number"));
        if (instance is null)
        {
            return Answer.Errors(403, $"This name \"{name}\" is already in use.");
        }

        if (body.Text("webhook") is { } url)
        {
            if (!WebhookCalls.IsUrlForV1(url))
            {
                // The instance stays, half made.
                return Answer.Errors(400, "Invalid \"url\" property in webhook");
            }

            // Without events the webhook is not set, and nobody is told.
            if (body.Texts("events") is { } events)
            {
                instance.Webhook = new WebhookRow
                {
                    Url = url,
                    Events = events.Count == 0 ? call.Dialect.Events : events,
                    ByEvents = body.Flag("webhook_by_events"),
                    Base64 = body.Flag("webhook_base64"),
                };
            }
        }

        var wantsQr = body.Flag("qrcode") == true;
        var qr = wantsQr ? await instance.Connection.Start(instance.Number, call.Gateway.Options.QrWait) : null;
        return Answer.Created(AnswerOfV1(body, instance, wantsQr, qr));
    }

    private static JsonObject AnswerOfV1(JsonObject body, Instance instance, bool wantsQr, QrCode? qr)
    {
        var webhook = new JsonObject();
        if (body.Text("webhook") is { } url)
        {
            webhook["webhook"] = url;
            Copy(body, "webhook_by_events", webhook, "webhook_by_events");
            Copy(body, "webhook_base64", webhook, "webhook_base64");
            if (instance.Webhook is { } row)
            {
                webhook["events"] = Json.Array(row.Events);
            }
        }

        var answer = new JsonObject
        {
            ["instance"] = new JsonObject
            {
                ["instanceName"] = instance.Name,
                ["instanceId"] = instance.Id,
                ["webhook_wa_business"] = null,
                ["access_token_wa_business"] = "",
                ["status"] = "created",
            },
            ["hash"] = new JsonObject { ["apikey"] = instance.Token },
            ["webhook"] = webhook,
            ["websocket"] = new JsonObject(),
            ["rabbitmq"] = new JsonObject(),
            ["sqs"] = new JsonObject(),
            ["typebot"] = new JsonObject { ["enabled"] = false },
            ["settings"] = instance.Settings.DeepClone(),
        };
        if (wantsQr)
        {
            answer["qrcode"] = InstanceWriter.Qr(qr);
        }

        return answer;
    }

    private static string? Token(JsonObject body) => body.Text("token") is { Length: > 0 } token ? token : null;

    // Giving the object enables it, whatever it says of itself; a misspelt event is kept and never comes.
    private static WebhookRow Row(JsonObject webhook, Dialect dialect)
    {
        var events = webhook.Texts("events")!;
        return new WebhookRow
        {
            Url = webhook.Text("url") ?? "",
            Events = events.Count == 0 ? dialect.Events : events,
            ByEvents = webhook.Flag("byEvents") ?? false,
            Base64 = webhook.Flag("base64") ?? false,
            Headers = webhook["headers"]?.DeepClone() as JsonObject,
        };
    }

    private static JsonObject Echo(JsonObject? webhook)
    {
        var echo = new JsonObject();
        if (webhook is not null)
        {
            Copy(webhook, "url", echo, "webhookUrl");
            Copy(webhook, "headers", echo, "webhookHeaders");
            Copy(webhook, "byEvents", echo, "webhookByEvents");
            Copy(webhook, "base64", echo, "webhookBase64");
        }

        return echo;
    }

    private static void Copy(JsonObject from, string key, JsonObject to, string toKey)
    {
        if (from[key] is { } value)
        {
            to[toKey] = value.DeepClone();
        }
    }
}
