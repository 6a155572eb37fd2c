using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Gateways.Evolution.Webhooks;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution.Rest;

/// <summary>Reads the gateway's own list of messages page by page (gateway notes, 6).</summary>
/// <remarks>
/// The gateway's order is not stable within one second and a row moves when it is edited: a message can come twice, so rows go the way of
/// webhooks, where this changes nothing. It can be passed over at the edge of a page, too: each page names its rows, so that they can be counted.
/// </remarks>
internal static class StoredMessages
{
    /// <summary>Rows of a page.</summary>
    public const int PageSize = 100;

    /// <summary>How far back a list without pages is read: each step repeats all that was read before.</summary>
    public const int MostUnpaged = 2000;

    /// <summary>The filter by time needs both ends. WhatsApp began later.</summary>
    private static readonly DateTimeOffset First = new(2009, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Last = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="position">Of a paged list the page, from 1; else how many rows were read.</param>
    public static JsonObject Body(Dialect dialect, MessagesQuery query, int position)
    {
        var where = new JsonObject();
        if (query.ExternalId is { } id)
        {
            where["key"] = new JsonObject { ["id"] = id };
        }

        if (!dialect.PagesMessages)
        {
            // Any filter by time finds nothing there.
            return new() { ["where"] = where, ["limit"] = position + PageSize };
        }

        if (query.Since is not null || query.Until is not null)
        {
            where["messageTimestamp"] = new JsonObject { ["gte"] = Date(query.Since ?? First), ["lte"] = Date(query.Until ?? Last) };
        }

        // "offset" is the size of a page.
        return new() { ["where"] = where, ["page"] = position, ["offset"] = PageSize };
    }

    /// <exception cref="ArgumentException">The cursor is none of this gateway's.</exception>
    public static int PositionOf(Dialect dialect, string? cursor)
    {
        if (cursor is null)
        {
            return dialect.PagesMessages ? 1 : 0;
        }

        return int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            && position is > 0 and < int.MaxValue / 2
            ? position
            : throw new ArgumentException("Not a cursor of this gateway.", nameof(cursor));
    }

    /// <exception cref="GatewayException">The answer is no list.</exception>
    public static MessagesPage Page(
        RestCall call, string instanceName, MessagesQuery query, int position, JsonElement answer, DateTimeOffset now)
    {
        var messages = answer.Get("messages"u8);
        var records = messages.Get("records"u8);
        if (records.IsArray())
        {
            var pages = messages.Get("pages"u8).Count() ?? 0;
            var current = messages.Get("currentPage"u8).Count() ?? position;
            var next = current < pages && records.GetArrayLength() > 0 ? current + 1 : (int?)null;
            var rows = records.EnumerateArray().Where(row => IsWithin(row, query));
            return new(Read(instanceName, rows, now), Text(next), messages.Get("total"u8).Integer())
            {
                Rows = [.. records.EnumerateArray().Select(static row => row.Get("id"u8).Words() ?? row.Get("key"u8, "id"u8).Words() ?? "")],
            };
        }

        if (!answer.IsArray())
        {
            throw Faults.Unreadable(call, "the answer is no list of messages");
        }

        return Unpaged(instanceName, query, position, answer, now);
    }

    private static MessagesPage Unpaged(string instanceName, MessagesQuery query, int position, JsonElement answer, DateTimeOffset now)
    {
        var count = answer.GetArrayLength();
        var rows = answer.EnumerateArray().Skip(position).ToList();

        // A list shorter than asked is all there is; one that reaches further back than asked needs no more.
        var isLast = count < position + PageSize || count >= MostUnpaged || rows.Exists(row => IsBefore(row, query.Since));
        return new(Read(instanceName, rows.Where(row => IsWithin(row, query)), now), isLast ? null : Text(count), Total: null);
    }

    private static WebhookReading Read(string instanceName, IEnumerable<JsonElement> rows, DateTimeOffset now) =>
        AsWebhook.Read(EventNames.Sync, instanceName, rows, now);

    /// <summary>A row whose time cannot be read is let through.</summary>
    private static bool IsWithin(JsonElement row, MessagesQuery query) =>
        !IsBefore(row, query.Since)
        && !(query.Until is { } until && MessageReader.TimeOf(row) is { } time && time >= until.ToUnixTimeMilliseconds());

    /// <summary>Rows have whole seconds: one of the second in which the time begins may be within it.</summary>
    private static bool IsBefore(JsonElement row, DateTimeOffset? since) =>
        since is { } start && MessageReader.TimeOf(row) is { } time && time < start.ToUnixTimeSeconds() * 1000;

    private static string Date(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string? Text(int? position) => position?.ToString(CultureInfo.InvariantCulture);
}
