using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Conversations;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Conversations for their owners.</summary>
internal sealed class ConversationStore(MongoDatabase database) : IConversationStore
{
    private const int MostRows = 500;

    private readonly Collections _collections = database.Collections;
    private readonly RowsById _heads = new(database.Collections.Conversations, database.Calls, Field.Body);

    public async Task<ConversationHead?> ReadHead(string tenantId, string conversationId, CancellationToken cancellationToken)
    {
        var rows = await _heads.Read([TenantKey.Of(tenantId, conversationId)], cancellationToken);
        return rows is [var row] ? StoreJson.Read<ConversationHead>(row.Text(Field.Body)) : null;
    }

    public Task<MessageLookup> LookUp(
        string tenantId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken) =>
        database.LookUps.Find(tenantId, externalIds, cancellationToken);

    public Task<KeptMessage?> FindById(string tenantId, Guid messageId, CancellationToken cancellationToken) =>
        database.Calls.Read(
            async token =>
            {
                var row = await _collections.Messages
                    .Find(
                        new BsonDocument { { Field.Tenant, tenantId }, { Field.MessageId, Values.Of(messageId) } },
                        new FindOptions { Hint = Indexes.MessageOfId })
                    .FirstOrDefaultAsync(token);
                return row is null ? null : MessageDocument.Kept(row);
            },
            cancellationToken);

    /// <remarks>What is taken for new is looked up before: a flush's transaction would see no more of what passes it. So the second look is
    /// left to the caller.</remarks>
    public async Task<CommitResult> Commit(ConversationCommit commit, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        if (!commit.Unseen.IsEmpty)
        {
            var seen = await database.LookUps.Find(commit.TenantId, commit.Unseen, cancellationToken);
            if (seen.Messages.Count > 0 || seen.Parked.Count > 0)
            {
                return new CommitResult(CommitOutcome.Seen, Seen: seen);
            }
        }

        return await database.Flushers.Write(
            new CommitJob(commit, database.Time.GetUtcNow().ToUnixTimeMilliseconds()), began, cancellationToken);
    }

    public Task<IReadOnlyList<KeptMessage>> ReadAfter(
        string tenantId, string conversationId, long after, int limit, CancellationToken cancellationToken) =>
        database.Calls.Read<IReadOnlyList<KeptMessage>>(
            async token =>
            {
                var rows = await _collections.Messages
                    .Find(InRange(tenantId, conversationId, after, long.MaxValue))
                    .Sort(new BsonDocument(Field.Id, 1))
                    .Limit(Math.Min(limit, MostRows))
                    .ToListAsync(token);
                return [.. rows.Select(static row => MessageDocument.Kept(row))];
            },
            cancellationToken);

    public Task<long> CountUnread(
        string tenantId, string conversationId, long after, long upTo, CancellationToken cancellationToken) =>
        database.Calls.Read(
            token =>
            {
                var unread = InRange(tenantId, conversationId, after, upTo);
                unread.Add(Field.Unread, true);
                return _collections.Messages.CountDocumentsAsync(unread, cancellationToken: token);
            },
            cancellationToken);

    public async Task<bool> NamesMedia(string tenantId, string sha256, CancellationToken cancellationToken)
    {
        if (MediaHash.Of(sha256) is not { } hash)
        {
            return false;
        }

        return await database.Calls.ReadSnapshot(
            async (session, token) =>
            {
                var filter = new BsonDocument { { Field.Tenant, tenantId }, { Field.Media, Values.Of(hash) } };
                var options = new FindOptions { Hint = Indexes.MessageMedia };
                using var named = await _collections.Messages.Find(session, filter, options)
                    .Project(new BsonDocument(Field.Id, 1))
                    .ToCursorAsync(token);
                while (await named.MoveNextAsync(token))
                {
                    var marks = await ConversationRow.ReadMarks(
                        _collections, session, named.Current.Select(MessageId.Conversation).Distinct(StringComparer.Ordinal), token);
                    if (named.Current.Any(row => marks.TryGetValue(MessageId.Conversation(row), out var deleted)
                        && MessageId.Sequence(row) > deleted))
                    {
                        return true;
                    }
                }

                return false;
            },
            cancellationToken);
    }

    private static BsonDocument InRange(string tenantId, string conversationId, long after, long upTo)
    {
        var conversation = TenantKey.Of(tenantId, conversationId);
        return new BsonDocument(Field.Id, new BsonDocument
        {
            { "$gt", MessageId.Of(conversation, after) }, { "$lte", MessageId.Of(conversation, upTo) },
        });
    }
}
