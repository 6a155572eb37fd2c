using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Webhooks;

namespace Parley.GatewaySimulator.Rest;

/// <summary>An instance's webhook: written in one form, read back in another.</summary>
internal static class WebhookCalls
{
    public static Task<Answer> Set(RestCall call) => Task.FromResult(call.Dialect.IsV1 ? SetV1(call) : SetV2(call));

    public static Task<Answer> Find(RestCall call)
    {
        var row = call.Instance.Webhook;
        if (call.Dialect.IsV1)
        {
            return Task.FromResult(Answer.Ok(row is null ? Unset() : FlatV1(row)));
        }

        return Task.FromResult(row is null ? Answer.Nothing : Answer.Ok(RowV2(call, row)));
    }

    /// <summary>v1 takes nearly anything, but no blanks.</summary>
    public static bool IsUrlForV1(string url) => url.Length > 0 && !url.Contains(' ', StringComparison.Ordinal);

    /// <returns>The answer to a list with a name that is none; null when all are known.</returns>
    public static Answer? UnknownEvent(IReadOnlyList<string> events, Dialect dialect)
    {
        for (var index = 0; index < events.Count; index++)
        {
            if (!dialect.Events.Contains(events[index]))
            {
                var path = dialect.IsV1 ? $"events[{index}]" : $"webhook.events[{index}]";
                return Answer.Invalid([$"{path} is not one of enum values: {string.Join(',', dialect.Events)}"]);
            }
        }

        return null;
    }

    private static Answer SetV2(RestCall call)
    {
        var body = call.Body["webhook"] as JsonObject ?? [];
        var missing = new List<string>();
        foreach (var key in (string[])["enabled", "url"])
        {
            if (body[key] is null)
            {
                missing.Add($"webhook requires property \"{key}\"");
            }
        }

        if (missing.Count > 0)
        {
            return Answer.Invalid(missing);
        }

        var events = body.Texts("events");
        if (events is not null && UnknownEvent(events, call.Dialect) is { } unknown)
        {
            return unknown;
        }

        var enabled = body.Flag("enabled") == true;
        if (enabled && events is null)
        {
            return Answer.Error(500, "Cannot read properties of undefined (reading 'length')");
        }

        // What is left out of headers, byEvents and base64 keeps its old value; events never do.
        var old = call.Instance.Webhook;
        call.Instance.Webhook = (old ?? new WebhookRow { Url = "", Events = [] }) with
        {
            Url = body.Text("url") ?? "",
            Enabled = enabled,
            Events = !enabled ? [] : events!.Count == 0 ? call.Dialect.Events : events,
            ByEvents = body.Flag("byEvents") ?? old?.ByEvents ?? false,
            Base64 = body.Flag("base64") ?? old?.Base64 ?? false,
            Headers = body["headers"]?.DeepClone() as JsonObject ?? old?.Headers,
            UpdatedAt = DateTimeOffset.UtcNow,
        };
        return Answer.Created(RowV2(call, call.Instance.Webhook));
    }

    private static Answer SetV1(RestCall call)
    {
        var body = (JsonObject)call.Body.DeepClone();
        var url = body.Text("url") ?? "";
        var events = body.Texts("events");
        if (events is not null && UnknownEvent(events, call.Dialect) is { } unknown)
        {
            return unknown;
        }

        if (!IsUrlForV1(url))
        {
            return Answer.Errors(400, "Invalid \"url\" property");
        }

        var enabled = body.Flag("enabled") ?? true;
        if (enabled && events is null)
        {
            return Answer.Error(500, "Cannot read properties of undefined (reading 'length')");
        }

        var list = !enabled ? [] : events!.Count == 0 ? call.Dialect.Events : events;
        call.Instance.Webhook = new WebhookRow
        {
            Url = enabled ? url : "",
            Enabled = enabled,
            Events = list,
            ByEvents = body.Flag("webhook_by_events"),
            Base64 = body.Flag("webhook_base64"),
        };
        // The answer is what was asked, corrected; unknown keys come back too.
        body["enabled"] = enabled;
        body["url"] = call.Instance.Webhook.Url;
        body["events"] = Json.Array(list);
        return Answer.Created(new JsonObject
        {
            ["webhook"] = new JsonObject { ["instanceName"] = call.Instance.Name, ["webhook"] = body },
        });
    }

    private static JsonObject RowV2(RestCall call, WebhookRow row) => new()
    {
        ["id"] = row.RowId,
        ["url"] = row.Url,
        ["headers"] = row.Headers?.DeepClone(),
        ["enabled"] = row.Enabled,
        ["events"] = Json.Array(row.Events),
        ["webhookByEvents"] = row.ByEvents ?? false,
        ["webhookBase64"] = row.Base64 ?? false,
        ["createdAt"] = Json.Time(row.CreatedAt),
        ["updatedAt"] = Json.Time(row.UpdatedAt),
        ["instanceId"] = call.Instance.Id,
    };

    private static JsonObject FlatV1(WebhookRow row)
    {
        var flat = new JsonObject { ["enabled"] = row.Enabled, ["url"] = row.Url, ["events"] = Json.Array(row.Events) };
        if (row.ByEvents is { } byEvents)
        {
            flat["webhook_by_events"] = byEvents;
        }

        if (row.Base64 is { } base64)
        {
            flat["webhook_base64"] = base64;
        }

        return flat;
    }

    private static JsonObject Unset() => new()
    {
        ["enabled"] = false,
        ["url"] = "",
        ["events"] = new JsonArray(),
        ["webhook_by_events"] = false,
        ["webhook_base64"] = false,
    };
}
