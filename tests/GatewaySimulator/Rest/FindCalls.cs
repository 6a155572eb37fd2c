using System.Text.Json.Nodes;
using Parley.GatewaySimulator.Instances;
using Parley.GatewaySimulator.Network;

namespace Parley.GatewaySimulator.Rest;

/// <summary>Reading back what the gateway keeps, with its odd filters.</summary>
internal static class FindCalls
{
    private const int DefaultPage = 50;

    public static Task<Answer> Messages(RestCall call)
    {
        var filter = new MessageFilter(call.Body["where"] as JsonObject ?? [], call.Dialect);
        var found = call.Instance.Messages.All.Where(filter.Matches).OrderByDescending(each => each.Time).ToList();
        if (call.Dialect.IsV1)
        {
            var some = call.Body.Number("limit") is { } limit ? found.Take(limit) : found;
            return Task.FromResult(Answer.Ok(new JsonArray([.. some.Select(each => (JsonNode)RowWriter.V1(call.Instance, each))])));
        }

        // "offset" is the size of a page.
        var size = call.Body.Number("offset") is > 0 and int given ? given : DefaultPage;
        var page = Math.Max(1, call.Body.Number("page") ?? 1);
        var records = found.Skip((page - 1) * size).Take(size).Select(each => (JsonNode)RowWriter.V2(call.Instance, each));
        return Task.FromResult(Answer.Ok(new JsonObject
        {
            ["messages"] = new JsonObject
            {
                ["total"] = found.Count,
                ["pages"] = (found.Count + size - 1) / size,
                ["currentPage"] = page,
                ["records"] = new JsonArray([.. records]),
            },
        }));
    }

    public static Task<Answer> Statuses(RestCall call)
    {
        var where = call.Body["where"] as JsonObject ?? [];
        var id = where.Text("id");
        var chat = where.Text("remoteJid");
        var status = where.Text("status");
        var rows = call.Instance.Messages.All
            .SelectMany(message => message.Statuses.Select(row => (message, row)))
            .Where(each => (id is null || each.message.Id == id) && (status is null || each.row.Status == status)
                && (chat is null || each.row.RemoteJid == chat || Jid.User(each.row.RemoteJid) == chat));
        var written = call.Dialect.IsV1
            ? rows.OrderByDescending(each => each.row.At).Select(each => RowWriter.StatusV1(call.Instance, each.message, each.row))
            : rows.Select(each => RowWriter.StatusV2(call.Instance, each.message, each.row));
        return Task.FromResult(Answer.Ok(new JsonArray([.. written.Select(each => (JsonNode)each)])));
    }

    public static Task<Answer> Chats(RestCall call)
    {
        if (call.Dialect.IsV1)
        {
            // Chats come from history only.
            return Task.FromResult(Answer.Ok(new JsonArray()));
        }

        var chat = (call.Body["where"] as JsonObject).Text("remoteJid");
        var rows = call.Instance.Messages.All
            .GroupBy(StoredChat)
            .Where(each => chat is null || each.Key == chat)
            .Select(each => (Chat: each.Key, Last: each.MaxBy(message => message.Time)!))
            .OrderByDescending(each => each.Last.Time)
            .Skip(call.Body.Number("skip") ?? 0)
            .Take(call.Body.Number("take") ?? int.MaxValue)
            .Select(each => (JsonNode)RowWriter.Chat(call.Instance, each.Chat, each.Last));
        return Task.FromResult(Answer.Ok(new JsonArray([.. rows])));
    }

    public static Task<Answer> Chat(RestCall call) => Task.FromResult(call.Query["remoteJid"].FirstOrDefault() is null
        ? new Answer(400, new JsonObject { ["error"] = "remoteJid is a required query parameter" })
        // Null also when there are messages: chats come from history only.
        : Answer.Nothing);

    public static Task<Answer> Contacts(RestCall call)
    {
        var isV1 = call.Dialect.IsV1;
        var asked = (call.Body["where"] as JsonObject).Text(isV1 ? "id" : "remoteJid");
        var rows = call.Instance.Contacts.All
            .Where(each => asked is null || each == asked || Jid.User(each) == asked)
            .Select(each => (JsonNode)RowWriter.Contact(call.Instance, each));
        return Task.FromResult(Answer.Ok(new JsonArray([.. rows])));
    }

    private static string StoredChat(StoredMessage message) =>
        message.ChatJid;
}
