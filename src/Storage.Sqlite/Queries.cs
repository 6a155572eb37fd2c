using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite;

/// <summary>Lists and history.</summary>
internal sealed class Queries(SqliteDatabase database) : IQueries
{
    private const string SelectMessage = MessageColumns.Select + " WHERE tenant = ?1 AND id = ?2 AND body IS NOT NULL";

    public Task<Page<ConversationEntry>> ListConversations(
        string tenantId, ConversationFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        database.Read(tenantId, (connection, tenant) => ConversationList.Read(connection, database.Unreadable, tenant, filter, page), cancellationToken);

    public Task<ConversationEntry?> ReadConversation(string tenantId, string conversationId, CancellationToken cancellationToken) =>
        database.Read(
            tenantId,
            // A sealed one is shown, so that its pointer can be followed; a deleted one is not there.
            (connection, tenant) => ConversationRow.Read(connection, tenant, conversationId) is { } row
                && (row.Head.IsVisible || row.Head.MergedInto is not null)
                ? ConversationList.Entry(connection, row.Id, row.Deleted, row.Head)
                : null,
            cancellationToken);

    public Task<Page<Message>> ListMessages(
        string tenantId,
        string conversationId,
        ConversationMessagesFilter filter,
        PageRequest page,
        CancellationToken cancellationToken) =>
        database.Read(
            tenantId,
            (connection, tenant) => ConversationRow.Read(connection, tenant, conversationId) is { } row
                ? ConversationMessages.Read(connection, row, filter, page)
                : new Page<Message>([], null, null, false, false, 0),
            cancellationToken);

    public Task<Page<MessageEntry>> ListMessages(
        string tenantId, MessagesFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        database.Read(
            tenantId, (connection, tenant) => new TenantMessages(connection, database.Unreadable, tenantId, tenant, filter).Read(page), cancellationToken);

    public Task<MessageEntry?> FindMessage(string tenantId, Guid messageId, CancellationToken cancellationToken) =>
        database.Read(
            tenantId,
            (connection, tenant) => Find(connection, tenant, messageId, conversation => ConversationRow.Read(connection, conversation)),
            cancellationToken);

    public Task<IReadOnlyDictionary<Guid, MessageEntry>> FindMessages(
        string tenantId, IReadOnlyCollection<Guid> messageIds, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyDictionary<Guid, MessageEntry>>(
            tenantId,
            (connection, tenant) =>
            {
                // Many messages, few conversations.
                var conversations = new Dictionary<long, ConversationRow?>();
                var found = new Dictionary<Guid, MessageEntry>();
                foreach (var id in messageIds)
                {
                    if (Find(connection, tenant, id, Conversation) is { } entry)
                    {
                        found[id] = entry;
                    }
                }

                return found;

                ConversationRow? Conversation(long id)
                {
                    if (!conversations.TryGetValue(id, out var conversation))
                    {
                        conversations.Add(id, conversation = ConversationRow.Read(connection, id));
                    }

                    return conversation;
                }
            },
            cancellationToken);

    private static MessageEntry? Find(Connection connection, long tenant, Guid messageId, Func<long, ConversationRow?> conversations)
    {
        using var row = connection.Use(SelectMessage).Bind(1, tenant).Bind(2, messageId);
        if (!row.Step())
        {
            return null;
        }

        var place = row.Int64(MessageColumns.Place);
        return conversations(MessagePlace.Conversation(place)) is { } conversation && MessagePlace.Sequence(place) > conversation.Deleted
            ? new MessageEntry(conversation.Head, row.Message(conversation.Head))
            : null;
    }
}
