using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>The messages of one conversation, by sequence or by timestamp.</summary>
internal static class ConversationMessages
{
    private const string InRange = " WHERE place > ?1 AND place < ?2 AND body IS NOT NULL ORDER BY place";

    // The bounds of the time are part of the key that a scan starts from; the other end is looked at row by row.
    private const string Earlier =
        " WHERE conversation = ?1 AND body IS NOT NULL AND (timestamp, place) < (?2, ?3) ORDER BY timestamp DESC, place DESC";

    private const string Later =
        " WHERE conversation = ?1 AND body IS NOT NULL AND (timestamp, place) > (?2, ?3) ORDER BY timestamp, place";

    public const string Ascending = MessageColumns.Select + InRange;
    public const string Descending = MessageColumns.Select + InRange + " DESC";
    public const string TimeAscending = MessageColumns.Select + Later;
    public const string TimeDescending = MessageColumns.Select + Earlier;

    public static Page<Message> Read(
        Connection connection,
        ConversationRow conversation,
        ConversationMessagesFilter filter,
        PageRequest page,
        Func<Message, bool>? also = null)
    {
        var low = Math.Max(conversation.Deleted, filter.AfterSequence ?? 0);
        var high = Math.Clamp(filter.BeforeSequence ?? uint.MaxValue, 0, uint.MaxValue);
        var total = Total(conversation, filter);
        return filter.ByTimestamp
            ? Keyset.Read((from, backwards) => ByTime(connection, conversation, low, high, filter, also, from, backwards), page, total)
            : Keyset.Read((from, backwards) => BySequence(connection, conversation, low, high, filter, also, from, backwards), page, total);
    }

    private static long? Total(ConversationRow conversation, ConversationMessagesFilter filter)
    {
        var isKept = filter is { AfterSequence: null, BeforeSequence: null, Since: null, Until: null, Type: null };
        return !isKept ? null : filter.Direction switch
        {
            null => conversation.Head.MessageCount,
            Direction.In => conversation.Head.InboundCount,
            _ => conversation.Head.OutboundCount,
        };
    }

    private static IEnumerable<(SortKey Key, Message? Row)> BySequence(
        Connection connection,
        ConversationRow conversation,
        long low,
        long high,
        ConversationMessagesFilter filter,
        Func<Message, bool>? also,
        SortKey? from,
        bool backwards)
    {
        var ascending = filter.Ascending != backwards;
        if (from is not null)
        {
            (low, high) = ascending ? (Math.Max(low, from.Value), high) : (low, Math.Min(high, from.Value));
        }

        if (low >= high)
        {
            yield break;
        }

        using var rows = connection.Use(ascending ? Ascending : Descending)
            .Bind(1, MessagePlace.Of(conversation.Id, low))
            .Bind(2, MessagePlace.Of(conversation.Id, high));
        while (rows.Step())
        {
            yield return (new SortKey(MessagePlace.Sequence(rows.Int64(MessageColumns.Place))), Match(rows, conversation, filter, also, low, high));
        }
    }

    private static IEnumerable<(SortKey Key, Message? Row)> ByTime(
        Connection connection,
        ConversationRow conversation,
        long low,
        long high,
        ConversationMessagesFilter filter,
        Func<Message, bool>? also,
        SortKey? from,
        bool backwards)
    {
        var ascending = filter.Ascending != backwards;
        var since = filter.Since?.ToUnixTimeMilliseconds() ?? long.MinValue;
        var until = filter.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue;
        var start = from
            ?? (ascending ? new SortKey(since, "0") : new SortKey(until, "0"));

        using var rows = connection.Use(ascending ? TimeAscending : TimeDescending)
            .Bind(1, conversation.Id)
            .Bind(2, start.Value)
            .Bind(3, MessagePlace.Of(conversation.Id, SortKeys.Sequence(start, descending: !ascending)));
        while (rows.Step())
        {
            var timestamp = rows.Int64(MessageColumns.Timestamp);
            if (ascending ? timestamp >= until : timestamp < since)
            {
                yield break;
            }

            yield return (SortKeys.OfSequence(timestamp, MessagePlace.Sequence(rows.Int64(MessageColumns.Place))), Match(rows, conversation, filter, also, low, high));
        }
    }

    private static Message? Match(
        Statement row, ConversationRow conversation, ConversationMessagesFilter filter, Func<Message, bool>? also, long low, long high)
    {
        var sequence = MessagePlace.Sequence(row.Int64(MessageColumns.Place));
        var timestamp = row.Int64(MessageColumns.Timestamp);
        if (sequence <= low || sequence >= high
            || timestamp < filter.Since?.ToUnixTimeMilliseconds()
            || timestamp >= filter.Until?.ToUnixTimeMilliseconds()
            || (filter.Direction is { } direction && row.Int64(MessageColumns.Direction) != (long)direction)
            || (filter.Type is { } type && row.Int64(MessageColumns.Type) != (long)type))
        {
            return null;
        }

        var message = row.Message(conversation.Head);
        return also is null || also(message) ? message : null;
    }
}
