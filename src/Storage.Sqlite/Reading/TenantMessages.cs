using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>The messages of a tenant: by creation, by timestamp, or by change time.</summary>
internal sealed class TenantMessages(
    Connection connection, UnreadableRows unreadable, string tenantId, long tenant, MessagesFilter filter)
{
    public const string ById = MessageColumns.Select + " WHERE tenant = ?1 AND id < ?2 ORDER BY id DESC";
    public const string ByIdBackwards = MessageColumns.Select + " WHERE tenant = ?1 AND id > ?2 ORDER BY id";

    public const string ByTime =
        MessageColumns.Select + " WHERE tenant = ?1 AND body IS NOT NULL AND (timestamp, id) < (?2, ?3) ORDER BY timestamp DESC, id DESC";

    public const string ByTimeBackwards =
        MessageColumns.Select + " WHERE tenant = ?1 AND body IS NOT NULL AND (timestamp, id) > (?2, ?3) ORDER BY timestamp, id";

    public const string ByChange =
        MessageColumns.Select + " WHERE tenant = ?1 AND body IS NOT NULL AND (updated, id) > (?2, ?3) ORDER BY updated, id";

    public const string ByChangeBackwards =
        MessageColumns.Select + " WHERE tenant = ?1 AND body IS NOT NULL AND (updated, id) < (?2, ?3) ORDER BY updated DESC, id DESC";

    private const string ByKey = MessageColumns.Select + " WHERE key = ?1 AND tenant = ?2";
    private const string SelectCount = "SELECT messages FROM tenant_key WHERE id = ?1";

    // A page shows few conversations, each of them often.
    private readonly Dictionary<long, ConversationRow?> _conversations = [];
    private readonly long? _since = filter.Since?.ToUnixTimeMilliseconds();
    private readonly long? _until = filter.Until?.ToUnixTimeMilliseconds();
    private readonly long? _updatedSince = filter.UpdatedSince?.ToUnixTimeMilliseconds();

    private enum Order
    {
        Creation,
        Time,
        Change,
    }

    private Order Sorting => _updatedSince is not null ? Order.Change : _since is not null || _until is not null ? Order.Time : Order.Creation;

    public Page<MessageEntry> Read(PageRequest page)
    {
        if (filter.ExternalId is { } externalId)
        {
            return Keyset.Read((from, backwards) => OfExternalId(externalId, from, backwards), page, null);
        }

        if (filter.ConversationId is { } conversationId && Sorting != Order.Change)
        {
            return OfConversation(conversationId, page);
        }

        return Keyset.Read(Scan, page, filter == new MessagesFilter() ? Count() : null);
    }

    private long Count()
    {
        using var row = connection.Use(SelectCount).Bind(1, tenant);
        return row.Step() ? row.Int64(0) : 0;
    }

    private IEnumerable<(SortKey Key, MessageEntry? Row)> Scan(SortKey? from, bool backwards)
    {
        var order = Sorting;
        var descending = (order != Order.Change) != backwards;
        var start = from ?? Start(order, descending);
        var sql = (order, backwards) switch
        {
            (Order.Creation, false) => ById,
            (Order.Creation, true) => ByIdBackwards,
            (Order.Time, false) => ByTime,
            (Order.Time, true) => ByTimeBackwards,
            (_, false) => ByChange,
            (_, true) => ByChangeBackwards,
        };
        using var rows = connection.Use(sql).Bind(1, tenant);
        if (order == Order.Creation)
        {
            rows.BindId(2, start, descending);
        }
        else
        {
            rows.Bind(2, SortKeys.Value(start, descending)).BindId(3, start, descending);
        }

        while (rows.Step())
        {
            if (IsPastEnd(order, descending, rows))
            {
                yield break;
            }

            yield return (Key(order, rows), Match(rows));
        }
    }

    /// <summary>Where the list begins, or ends when it is read backwards.</summary>
    private SortKey? Start(Order order, bool descending) => order switch
    {
        // An empty tie is before all ids, which is what inclusive and exclusive bounds both need.
        Order.Time when descending && _until is { } until => new SortKey(until - 1, new Guid(AllOnes).ToString("D")),
        Order.Time when !descending && _since is { } since => new SortKey(since, Guid.Empty.ToString("D")),
        Order.Change when !descending && _updatedSince is { } updated => new SortKey(updated, Guid.Empty.ToString("D")),
        _ => null,
    };

    private static readonly byte[] AllOnes = [.. Enumerable.Repeat((byte)0xff, 16)];

    private bool IsPastEnd(Order order, bool descending, Statement row) => order switch
    {
        Order.Time => descending ? row.Int64(MessageColumns.Timestamp) < _since : row.Int64(MessageColumns.Timestamp) >= _until,
        Order.Change => descending && row.Int64(MessageColumns.Updated) < _updatedSince,
        _ => false,
    };

    private static SortKey Key(Order order, Statement row) => SortKeys.OfId(row.Guid(MessageColumns.Id), order switch
    {
        Order.Time => row.Int64(MessageColumns.Timestamp),
        Order.Change => row.Int64(MessageColumns.Updated),
        _ => 0,
    });

    private MessageEntry? Match(Statement row)
    {
        if (row.IsNull(MessageColumns.Body)
            || (filter.Direction is { } direction && row.Int64(MessageColumns.Direction) != (long)direction)
            || (filter.Type is { } type && row.Int64(MessageColumns.Type) != (long)type)
            || (filter.Statuses is { } statuses && !statuses.Contains((MessageStatus)row.Int64(MessageColumns.Status)))
            || (filter.SessionId is { } session && row.Text(MessageColumns.Session) != session)
            || row.Int64(MessageColumns.Timestamp) < _since
            || row.Int64(MessageColumns.Timestamp) >= _until
            || row.Int64(MessageColumns.Updated) < _updatedSince)
        {
            return null;
        }

        var place = row.Int64(MessageColumns.Place);
        var conversation = Conversation(MessagePlace.Conversation(place));
        return conversation is null
            || MessagePlace.Sequence(place) <= conversation.Deleted
            || (filter.ConversationId is { } wanted && conversation.Head.ConversationId != wanted)
            ? null
            : new MessageEntry(conversation.Head, row.Message(conversation.Head));
    }

    private ConversationRow? Conversation(long id)
    {
        if (!_conversations.TryGetValue(id, out var conversation))
        {
            conversation = ConversationRow.TryRead(connection, id, unreadable);
            _conversations.Add(id, conversation);
        }

        return conversation;
    }

    /// <summary>One id leads to a handful of messages: they are sorted here.</summary>
    private IEnumerable<(SortKey Key, MessageEntry? Row)> OfExternalId(string externalId, SortKey? from, bool backwards)
    {
        var order = Sorting;
        var found = new List<(SortKey Key, MessageEntry Row)>();
        foreach (var direction in (ReadOnlySpan<Direction>)[Direction.In, Direction.Out])
        {
            using var rows = connection.Use(ByKey).BindBlob(1, ExternalKey.Of(tenantId, direction, externalId)).Bind(2, tenant);
            while (rows.Step())
            {
                if (Match(rows) is { } entry)
                {
                    found.Add((Key(order, rows), entry));
                }
            }
        }

        var ascending = (order == Order.Change) != backwards;
        found.Sort((one, other) => ascending ? SortKeys.Compare(one.Key, other.Key) : SortKeys.Compare(other.Key, one.Key));
        return found
            .Where(entry => from is null || (ascending ? SortKeys.Compare(entry.Key, from) > 0 : SortKeys.Compare(entry.Key, from) < 0))
            .Select(entry => (entry.Key, (MessageEntry?)entry.Row));
    }

    /// <summary>Messages of one conversation follow its own index: by sequence, which is the order in which they were kept.</summary>
    private Page<MessageEntry> OfConversation(string conversationId, PageRequest page)
    {
        if (ConversationRow.Read(connection, tenant, conversationId) is not { } conversation)
        {
            return new Page<MessageEntry>([], null, null, false, false, null);
        }

        var messages = ConversationMessages.Read(
            connection,
            conversation,
            new ConversationMessagesFilter(
                ByTimestamp: Sorting == Order.Time,
                Since: filter.Since,
                Until: filter.Until,
                Direction: filter.Direction,
                Type: filter.Type),
            page,
            message => (filter.Statuses is null || filter.Statuses.Contains(message.Status))
                && (filter.SessionId is null || filter.SessionId == message.SessionId));
        var total = filter.Statuses is null && filter.SessionId is null ? messages.Total : null;
        return new Page<MessageEntry>(
            [.. messages.Rows.Select(message => new MessageEntry(conversation.Head, message))],
            messages.First,
            messages.Continue,
            messages.HasMore,
            messages.HasPrevious,
            total);
    }
}
