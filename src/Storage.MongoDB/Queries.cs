using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB;

/// <summary>Lists and history.</summary>
internal sealed class Queries(MongoDatabase database) : IQueries
{
    private readonly Collections _collections = database.Collections;

    public Task<Page<ConversationEntry>> ListConversations(
        string tenantId, ConversationFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            (session, token) => new ConversationList(_collections, session, database.Unreadable, tenantId, token).Read(filter, page), cancellationToken);

    public Task<ConversationEntry?> ReadConversation(string tenantId, string conversationId, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            async (session, token) =>
            {
                // A sealed one is shown, so that its pointer can be followed; a deleted one is not there.
                var row = await ConversationRow.Read(_collections, session, TenantKey.Of(tenantId, conversationId), token);
                return row is not null && (row.Head.IsVisible || row.Head.MergedInto is not null)
                    ? (await new ConversationList(_collections, session, database.Unreadable, tenantId, token).Entries([row]))[0]
                    : null;
            },
            cancellationToken);

    public Task<Page<Message>> ListMessages(
        string tenantId,
        string conversationId,
        ConversationMessagesFilter filter,
        PageRequest page,
        CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            async (session, token) => await ConversationRow.Read(_collections, session, TenantKey.Of(tenantId, conversationId), token) is { } row
                ? await new ConversationMessages(_collections, session, row, filter, null, null, token).Read(page)
                : new Page<Message>([], null, null, false, false, 0),
            cancellationToken);

    public Task<Page<MessageEntry>> ListMessages(
        string tenantId, MessagesFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            (session, token) => new TenantMessages(_collections, session, database.Unreadable, tenantId, filter, token).Read(page), cancellationToken);

    public Task<MessageEntry?> FindMessage(string tenantId, Guid messageId, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            async (session, token) =>
            {
                var row = await _collections.Messages
                    .Find(session, new BsonDocument { { Field.Tenant, tenantId }, { Field.MessageId, Values.Of(messageId) } })
                    .FirstOrDefaultAsync(token);
                if (row?.MaybeText(Field.Body) is null)
                {
                    return null;
                }

                var conversation = await ConversationRow.Read(_collections, session, MessageId.Conversation(row), token);
                return conversation is null || MessageId.Sequence(row) <= conversation.Deleted
                    ? null
                    : new MessageEntry(conversation.Head, await row.Message(conversation.Head, _collections, session, token));
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<Guid, MessageEntry>> FindMessages(
        string tenantId, IReadOnlyCollection<Guid> messageIds, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot<IReadOnlyDictionary<Guid, MessageEntry>>(
            async (session, token) =>
            {
                var rows = await _collections.Messages
                    .Find(
                        session,
                        new BsonDocument
                        {
                            { Field.Tenant, tenantId }, { Field.MessageId, new BsonDocument("$in", new BsonArray(messageIds.Select(Values.Of))) },
                        },
                        new FindOptions { Hint = Indexes.MessageOfId })
                    .ToListAsync(token);
                rows.RemoveAll(static row => row.MaybeText(Field.Body) is null);
                var ids = rows.Select(MessageId.Conversation).ToHashSet(StringComparer.Ordinal);
                var conversations = await ConversationRow.ReadAll(_collections, session, ids, token);
                var found = new Dictionary<Guid, MessageEntry>();
                foreach (var row in rows)
                {
                    if (conversations.TryGetValue(MessageId.Conversation(row), out var conversation) && MessageId.Sequence(row) > conversation.Deleted)
                    {
                        found.Add(
                            row.Guid(Field.MessageId),
                            new MessageEntry(conversation.Head, await row.Message(conversation.Head, _collections, session, token)));
                    }
                }

                return found;
            },
            cancellationToken);
}
