using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>The messages of a tenant: by creation, by timestamp, or by change time.</summary>
internal sealed class TenantMessages
{
    private static readonly Guid LastId = new([.. Enumerable.Repeat((byte)0xff, 16)]);

    private readonly Collections _collections;
    private readonly IClientSessionHandle _session;
    private readonly UnreadableRows _unreadable;
    private readonly string _tenantId;
    private readonly MessagesFilter _filter;
    private readonly BsonDocument _columns;
    private readonly CancellationToken _cancellationToken;

    // A page shows few conversations, each of them often.
    private readonly Dictionary<string, ConversationRow> _conversations = new(StringComparer.Ordinal);
    private readonly long? _since;
    private readonly long? _until;
    private readonly long? _updatedSince;

    public TenantMessages(
        Collections collections,
        IClientSessionHandle session,
        UnreadableRows unreadable,
        string tenantId,
        MessagesFilter filter,
        CancellationToken cancellationToken)
    {
        (_collections, _session, _unreadable, _tenantId) = (collections, session, unreadable, tenantId);
        (_filter, _cancellationToken) = (filter, cancellationToken);
        _since = filter.Since?.ToUnixTimeMilliseconds();
        _until = filter.Until?.ToUnixTimeMilliseconds();
        _updatedSince = filter.UpdatedSince?.ToUnixTimeMilliseconds();
        var conditions = new BsonArray();
        MessageFilter.Equal(conditions, Field.Direction, (int?)filter.Direction);
        MessageFilter.Equal(conditions, Field.Type, (int?)filter.Type);
        MessageFilter.OneOf(conditions, Field.Status, filter.Statuses);
        MessageFilter.Equal(conditions, Field.Session, filter.SessionId);
        MessageFilter.AtLeast(conditions, Field.Timestamp, filter.Since);
        MessageFilter.Below(conditions, Field.Timestamp, filter.Until);
        MessageFilter.AtLeast(conditions, Field.Updated, filter.UpdatedSince);
        MessageFilter.Equal(
            conditions, Field.IdConversation, filter.ConversationId is { } conversation ? TenantKey.Of(tenantId, conversation) : null);
        _columns = MessageFilter.Columns(conditions);
    }

    private enum Order
    {
        Creation,
        Time,
        Change,
    }

    private Order Sorting => _updatedSince is not null ? Order.Change : _since is not null || _until is not null ? Order.Time : Order.Creation;

    public async Task<Page<MessageEntry>> Read(PageRequest page)
    {
        if (_filter.ExternalId is { } externalId)
        {
            return await Keyset.Read((from, backwards) => OfExternalId(externalId, from, backwards), page, null);
        }

        if (_filter.ConversationId is { } conversationId && Sorting != Order.Change)
        {
            return await OfConversation(conversationId, page);
        }

        long? total = _filter == new MessagesFilter()
            ? await Counts.Read(_collections, _session, _tenantId, Field.Messages, _cancellationToken)
            : null;
        return await Keyset.Read(Scan, page, total);
    }

    private async IAsyncEnumerable<(SortKey Key, MessageEntry? Row)> Scan(SortKey? from, bool backwards)
    {
        var order = Sorting;
        var descending = (order != Order.Change) != backwards;
        var start = from ?? Start(order, descending);
        var place = new BsonDocument(Field.Tenant, _tenantId);
        if (order != Order.Creation)
        {
            place.Add(Field.Body, new BsonDocument("$exists", true));
        }

        if (start is not null)
        {
            var id = Values.Of(Guid.TryParse(start.Tie, out var known) ? known : Guid.Empty);
            place.AddRange(order == Order.Creation
                ? new BsonDocument(Field.MessageId, new BsonDocument(descending ? "$lt" : "$gt", id))
                : Scans.Beyond(Column(order), new BsonInt64(start.Value), Field.MessageId, id, descending));
        }

        var (hint, sort) = order switch
        {
            Order.Creation => (Indexes.MessageOfId, Scans.Sort(descending, Field.Tenant, Field.MessageId)),
            Order.Time => (Indexes.MessageTime, Scans.Sort(descending, Field.Tenant, Field.Timestamp, Field.MessageId)),
            _ => (Indexes.MessageUpdated, Scans.Sort(descending, Field.Tenant, Field.Updated, Field.MessageId)),
        };
        await foreach (var batch in Scans.Batches(_collections.Messages, _session, place, sort, hint, _columns, _cancellationToken))
        {
            await ReadConversations(batch);
            foreach (var row in batch)
            {
                if (IsPastEnd(order, descending, row))
                {
                    yield break;
                }

                yield return (Key(order, row), await Match(row));
            }
        }
    }

    private static string Column(Order order) => order == Order.Time ? Field.Timestamp : Field.Updated;

    /// <summary>Where the list begins, or ends when it is read backwards.</summary>
    private SortKey? Start(Order order, bool descending) => order switch
    {
        Order.Time when descending && _until is { } until => SortKeys.OfId(LastId, until - 1),
        Order.Time when !descending && _since is { } since => SortKeys.OfId(Guid.Empty, since),
        Order.Change when !descending && _updatedSince is { } updated => SortKeys.OfId(Guid.Empty, updated),
        _ => null,
    };

    private bool IsPastEnd(Order order, bool descending, BsonDocument row) => order switch
    {
        Order.Time => descending ? row.Int64(Field.Timestamp) < _since : row.Int64(Field.Timestamp) >= _until,
        Order.Change => descending && row.Int64(Field.Updated) < _updatedSince,
        _ => false,
    };

    private static SortKey Key(Order order, BsonDocument row) =>
        SortKeys.OfId(row.Guid(Field.MessageId), order == Order.Creation ? 0 : row.Int64(Column(order)));

    private async Task ReadConversations(IReadOnlyList<BsonDocument> batch)
    {
        var missing = batch.Where(static row => row.Contains(Field.Body)).Select(MessageId.Conversation)
            .Where(id => !_conversations.ContainsKey(id)).ToHashSet(StringComparer.Ordinal);
        if (missing.Count > 0)
        {
            foreach (var (id, conversation) in await ConversationRow.ReadAll(_collections, _session, missing, _unreadable, _cancellationToken))
            {
                _conversations.Add(id, conversation);
            }
        }
    }

    private async ValueTask<MessageEntry?> Match(BsonDocument row) =>
        row.MaybeText(Field.Body) is not null
        && _conversations.TryGetValue(MessageId.Conversation(row), out var conversation)
        && MessageId.Sequence(row) > conversation.Deleted
            ? new MessageEntry(conversation.Head, await row.Message(conversation.Head, _collections, _session, _cancellationToken))
            : null;

    /// <summary>One id leads to a handful of messages: they are sorted here.</summary>
    private async IAsyncEnumerable<(SortKey Key, MessageEntry? Row)> OfExternalId(string externalId, SortKey? from, bool backwards)
    {
        var order = Sorting;
        var keys = new[] { Direction.In, Direction.Out }.Select(direction => Values.Of(ExternalKey.Of(_tenantId, direction, externalId)));
        var rows = await _collections.Messages
            .Find(_session, new BsonDocument { { Field.Tenant, _tenantId }, { Field.Key, new BsonDocument("$in", new BsonArray(keys)) } })
            .Project(_columns)
            .ToListAsync(_cancellationToken);
        await ReadConversations(rows);
        var found = new List<(SortKey Key, MessageEntry Row)>();
        foreach (var row in rows)
        {
            if (await Match(row) is { } entry)
            {
                found.Add((Key(order, row), entry));
            }
        }

        var ascending = (order == Order.Change) != backwards;
        found.Sort((one, other) => ascending ? SortKeys.Compare(one.Key, other.Key) : SortKeys.Compare(other.Key, one.Key));
        foreach (var (key, row) in found)
        {
            if (from is null || (ascending ? SortKeys.Compare(key, from) > 0 : SortKeys.Compare(key, from) < 0))
            {
                yield return (key, row);
            }
        }
    }

    /// <summary>Messages of one conversation follow its own index: by sequence, which is the order in which they were kept.</summary>
    private async Task<Page<MessageEntry>> OfConversation(string conversationId, PageRequest page)
    {
        var id = TenantKey.Of(_tenantId, conversationId);
        if (await ConversationRow.Read(_collections, _session, id, _cancellationToken) is not { } conversation)
        {
            return new Page<MessageEntry>([], null, null, false, false, null);
        }

        var filter = new ConversationMessagesFilter(
            ByTimestamp: Sorting == Order.Time, Since: _filter.Since, Until: _filter.Until, Direction: _filter.Direction, Type: _filter.Type);
        var messages = await new ConversationMessages(
            _collections, _session, conversation, filter, _filter.Statuses, _filter.SessionId, _cancellationToken).Read(page);
        var total = _filter.Statuses is null && _filter.SessionId is null ? messages.Total : null;
        return new Page<MessageEntry>(
            [.. messages.Rows.Select(message => new MessageEntry(conversation.Head, message))],
            messages.First,
            messages.Continue,
            messages.HasMore,
            messages.HasPrevious,
            total);
    }
}
