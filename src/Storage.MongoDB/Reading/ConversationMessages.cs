using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>The messages of one conversation, by sequence or by timestamp.</summary>
internal sealed class ConversationMessages
{
    private readonly Collections _collections;
    private readonly IClientSessionHandle _session;
    private readonly ConversationRow _conversation;
    private readonly ConversationMessagesFilter _filter;
    private readonly BsonDocument _columns;
    private readonly long _low;
    private readonly long _high;
    private readonly CancellationToken _cancellationToken;

    /// <param name="statuses">Only these; null = any.</param>
    /// <param name="sessionId">Only of this session; null = any.</param>
    public ConversationMessages(
        Collections collections,
        IClientSessionHandle session,
        ConversationRow conversation,
        ConversationMessagesFilter filter,
        IReadOnlyList<MessageStatus>? statuses,
        string? sessionId,
        CancellationToken cancellationToken)
    {
        (_collections, _session, _conversation, _filter, _cancellationToken) = (collections, session, conversation, filter, cancellationToken);
        _low = Math.Max(conversation.Deleted, filter.AfterSequence ?? 0);
        _high = Math.Clamp(filter.BeforeSequence ?? uint.MaxValue, 0, uint.MaxValue);
        var conditions = new BsonArray
        {
            new BsonDocument("$gt", new BsonArray { "$" + Field.IdNumber, new BsonInt64(_low) }),
            new BsonDocument("$lt", new BsonArray { "$" + Field.IdNumber, new BsonInt64(_high) }),
        };
        MessageFilter.AtLeast(conditions, Field.Timestamp, filter.Since);
        MessageFilter.Below(conditions, Field.Timestamp, filter.Until);
        MessageFilter.Equal(conditions, Field.Direction, (int?)filter.Direction);
        MessageFilter.Equal(conditions, Field.Type, (int?)filter.Type);
        MessageFilter.OneOf(conditions, Field.Status, statuses);
        MessageFilter.Equal(conditions, Field.Session, sessionId);
        _columns = MessageFilter.Columns(conditions);
    }

    public Task<Page<Message>> Read(PageRequest page) => Keyset.Read<Message>(_filter.ByTimestamp ? ByTime : BySequence, page, Total());

    private long? Total()
    {
        var isKept = _filter is { AfterSequence: null, BeforeSequence: null, Since: null, Until: null, Type: null };
        return !isKept ? null : _filter.Direction switch
        {
            null => _conversation.Head.MessageCount,
            Direction.In => _conversation.Head.InboundCount,
            _ => _conversation.Head.OutboundCount,
        };
    }

    private async IAsyncEnumerable<(SortKey Key, Message? Row)> BySequence(SortKey? from, bool backwards)
    {
        var ascending = _filter.Ascending != backwards;
        var (low, high) = (_low, _high);
        if (from is not null)
        {
            (low, high) = ascending ? (Math.Max(low, from.Value), high) : (low, Math.Min(high, from.Value));
        }

        if (low >= high)
        {
            yield break;
        }

        var range = new BsonDocument
        {
            {
                Field.Id,
                new BsonDocument { { "$gt", MessageId.Of(_conversation.Id, low) }, { "$lt", MessageId.Of(_conversation.Id, high) } }
            },
            { Field.Body, new BsonDocument("$exists", true) },
        };
        await foreach (var batch in Scans.Batches(
            _collections.Messages, _session, range, Scans.Sort(!ascending, Field.Id), "_id_", _columns, _cancellationToken))
        {
            foreach (var row in batch)
            {
                yield return (new SortKey(MessageId.Sequence(row)), await Body(row));
            }
        }
    }

    private async IAsyncEnumerable<(SortKey Key, Message? Row)> ByTime(SortKey? from, bool backwards)
    {
        var ascending = _filter.Ascending != backwards;
        var since = _filter.Since?.ToUnixTimeMilliseconds() ?? long.MinValue;
        var until = _filter.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue;
        var start = from ?? (ascending ? new SortKey(since, "0") : new SortKey(until, "0"));
        var place = new BsonDocument { { Field.IdConversation, _conversation.Id }, { Field.Body, new BsonDocument("$exists", true) } };
        place.AddRange(Scans.Beyond(
            Field.Timestamp,
            new BsonInt64(start.Value),
            Field.IdNumber,
            new BsonInt64(SortKeys.Sequence(start, descending: !ascending)),
            descending: !ascending));
        var sort = Scans.Sort(!ascending, Field.IdConversation, Field.Timestamp, Field.IdNumber);
        await foreach (var batch in Scans.Batches(
            _collections.Messages, _session, place, sort, Indexes.MessageOfConversationTime, _columns, _cancellationToken))
        {
            foreach (var row in batch)
            {
                var timestamp = row.Int64(Field.Timestamp);
                if (ascending ? timestamp >= until : timestamp < since)
                {
                    yield break;
                }

                yield return (SortKeys.OfSequence(timestamp, MessageId.Sequence(row)), await Body(row));
            }
        }
    }

    private async ValueTask<Message?> Body(BsonDocument row) => row.MaybeText(Field.Body) is null
        ? null
        : await row.Message(_conversation.Head, _collections, _session, _cancellationToken);
}
