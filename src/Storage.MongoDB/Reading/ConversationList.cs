using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using SortKey = Parley.Ports.SortKey;

namespace Parley.Storage.MongoDB.Reading;

/// <summary>The list of a tenant's conversations, newest activity first.</summary>
internal sealed class ConversationList(
    Collections collections, IClientSessionHandle session, UnreadableRows unreadable, string tenantId, CancellationToken cancellationToken)
{
    private static readonly BsonDocument Columns = new()
    {
        { Field.Active, 1 }, { Field.Name, 1 }, { Field.Kind, 1 }, { Field.Sessions, 1 }, { Field.Deleted, 1 }, { Field.Body, 1 },
        { Field.Tenant, 1 }, { Field.Token, 1 },
    };

    public async Task<Page<ConversationEntry>> Read(ConversationFilter filter, PageRequest page)
    {
        if (filter.Query is { } query)
        {
            if (ConversationSearch.Of(query, collections, session, tenantId) is not { } search)
            {
                return await Keyset.Read<ConversationEntry>(static (_, _) => AsyncEnumerable.Empty<(SortKey, ConversationEntry?)>(), page, null);
            }

            return await search.Candidates(cancellationToken) is { } candidates
                ? await Keyset.Read((from, backwards) => Sorted(filter, search, candidates, from, backwards), page, null)
                : await Keyset.Read((from, backwards) => Scan(filter, search, from, backwards), page, null);
        }

        long? total = filter is { SessionId: null, Kind: null, Unread: null, ActiveSince: null }
            ? await Counts.Read(collections, session, tenantId, Field.Conversations, cancellationToken)
            : null;
        return await Keyset.Read((from, backwards) => Scan(filter, null, from, backwards), page, total);
    }

    /// <summary>Conversations with their last messages, which are read together.</summary>
    public async Task<IReadOnlyList<ConversationEntry>> Entries(IReadOnlyList<ConversationRow> rows)
    {
        var last = rows.Where(static row => row.Head.LastMessageSequence > row.Deleted)
            .Select(static row => MessageId.Of(row.Id, row.Head.LastMessageSequence!.Value))
            .ToList();
        if (last.Count == 0)
        {
            return [.. rows.Select(static row => new ConversationEntry(row.Head, null))];
        }

        var found = await collections.Messages
            .Find(session, new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(last))))
            .Project(new BsonDocument(Field.Body, 1))
            .ToListAsync(cancellationToken);
        var heads = rows.ToDictionary(static row => row.Id, static row => row.Head, StringComparer.Ordinal);
        var messages = new Dictionary<string, Message>(StringComparer.Ordinal);
        foreach (var row in found.Where(static row => row.Contains(Field.Body)))
        {
            var id = MessageId.Conversation(row);
            messages.Add(id, await row.Message(heads[id], collections, session, cancellationToken));
        }

        return [.. rows.Select(row => new ConversationEntry(row.Head, messages.GetValueOrDefault(row.Id)))];
    }

    private async IAsyncEnumerable<(SortKey Key, ConversationEntry? Row)> Scan(
        ConversationFilter filter,
        ConversationSearch? search,
        SortKey? from,
        bool backwards)
    {
        if (backwards && from is null)
        {
            yield break;
        }

        var since = filter.ActiveSince?.ToUnixTimeMilliseconds();
        var place = new BsonDocument { { Field.Tenant, tenantId }, { Field.Active, new BsonDocument("$exists", true) } };
        if (filter.Unread == true)
        {
            place.Add(Field.Unread, true);
        }

        if (from is not null)
        {
            place.AddRange(Scans.Beyond(Field.Active, new BsonInt64(from.Value), Field.Name, from.Tie, descending: !backwards));
        }

        var hint = filter.Unread == true ? Indexes.ConversationUnread : Indexes.ConversationActive;
        var sort = Scans.Sort(!backwards, Field.Tenant, Field.Active, Field.Name);
        await foreach (var batch in Scans.Batches(collections.Conversations, session, place, sort, hint, Columns, cancellationToken))
        {
            var matches = await Match(batch, filter, search);
            foreach (var row in batch)
            {
                var active = row.Int64(Field.Active);
                if (active < since && !backwards)
                {
                    // In this order all that follow are older still.
                    yield break;
                }

                yield return (new SortKey(active, row.Text(Field.Name)), matches.GetValueOrDefault(row.Text(Field.Id)));
            }
        }
    }

    /// <returns>Those that the filter lets through, by their rows' ids.</returns>
    private async Task<Dictionary<string, ConversationEntry>> Match(
        IReadOnlyList<BsonDocument> batch, ConversationFilter filter, ConversationSearch? search)
    {
        var rows = unreadable
            .ReadAll(RowOf.Conversation, batch.Where(row => MatchesColumns(row, filter)), ConversationRow.Read, ConversationRow.Name)
            .Where(row => filter.Unread is not { } unread || unread == row.Head.UnreadCount > 0)
            .ToList();
        if (search is not null)
        {
            rows = await search.Matching(rows, cancellationToken);
        }

        var entries = await Entries(rows);
        return rows.Zip(entries).ToDictionary(static pair => pair.First.Id, static pair => pair.Second, StringComparer.Ordinal);
    }

    private static bool MatchesColumns(BsonDocument row, ConversationFilter filter) =>
        (filter.ActiveSince is not { } since || row.Int64(Field.Active) >= since.ToUnixTimeMilliseconds())
        && (filter.Kind is not { } kind || row[Field.Kind].AsInt32 == (int)kind)
        && (filter.SessionId is not { } sessionId || row.Text(Field.Sessions).Contains(
            ConversationColumns.SessionMark + sessionId + ConversationColumns.SessionMark, StringComparison.Ordinal));

    /// <summary>A search that found few: they are read, filtered and sorted here.</summary>
    private async IAsyncEnumerable<(SortKey Key, ConversationEntry? Row)> Sorted(
        ConversationFilter filter,
        ConversationSearch search,
        IReadOnlyCollection<string> candidates,
        SortKey? from,
        bool backwards)
    {
        var found = new List<(SortKey Key, ConversationEntry Row)>();
        const int together = 500;
        foreach (var chunk in candidates.Chunk(together))
        {
            var rows = await collections.Conversations
                .Find(session, new BsonDocument
                {
                    { Field.Id, new BsonDocument("$in", new BsonArray(chunk)) }, { Field.Active, new BsonDocument("$exists", true) },
                })
                .Project(Columns)
                .ToListAsync(cancellationToken);
            var matches = await Match(rows, filter, search);
            found.AddRange(rows.Where(row => matches.ContainsKey(row.Text(Field.Id)))
                .Select(row => (new SortKey(row.Int64(Field.Active), row.Text(Field.Name)), matches[row.Text(Field.Id)])));
        }

        found.Sort(static (one, other) => SortKeys.Compare(other.Key, one.Key));
        if (backwards)
        {
            found.Reverse();
        }

        foreach (var (key, row) in found.SkipWhile(entry => from is not null
            && (backwards ? SortKeys.Compare(entry.Key, from) <= 0 : SortKeys.Compare(entry.Key, from) >= 0)))
        {
            yield return (key, row);
        }
    }
}
