using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;
using Parley.Storage.Sqlite.Rows;
using Parley.Storage.Sqlite.Writing;

namespace Parley.Storage.Sqlite;

/// <summary>Conversations for their owners.</summary>
internal sealed class ConversationStore(SqliteDatabase database) : IConversationStore
{
    private const string SelectHead = "SELECT head FROM conversation WHERE tenant = ?1 AND name = ?2";

    public const string SelectById =
        "SELECT c.name, m.place, m.body FROM message m JOIN conversation c ON c.id = m.conversation WHERE m.tenant = ?1 AND m.id = ?2";

    public const string SelectAfter =
        "SELECT place, id, body FROM message WHERE place > ?1 AND place <= ?2 ORDER BY place LIMIT ?3";

    public const string SelectUnread = "SELECT count(*) FROM message WHERE place > ?1 AND place <= ?2 AND unread = 1";

    public const string SelectMedia =
        """
        SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation
        WHERE m.tenant = ?1 AND m.media = ?2 AND (m.place & 4294967295) > c.deleted LIMIT 1
        """;

    private const int MostRows = 500;

    public Task<ConversationHead?> ReadHead(string tenantId, string conversationId, CancellationToken cancellationToken) =>
        database.ReadShort(
            tenantId,
            (connection, tenant) =>
            {
                using var row = connection.Use(SelectHead).Bind(1, tenant).Bind(2, conversationId);
                return row.Step() ? StoreJson.Read<ConversationHead>(row.Bytes(0)) : null;
            },
            cancellationToken);

    public async Task<MessageLookup> LookUp(
        string tenantId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        if (externalIds.Count == 0)
        {
            return MessageLookup.Nothing;
        }

        var lookup = new IdLookUp(tenantId, externalIds.Distinct(StringComparer.Ordinal), database.Unreadable);
        return await database.ReadShort(tenantId, lookup.Run, cancellationToken);
    }

    public Task<KeptMessage?> FindById(string tenantId, Guid messageId, CancellationToken cancellationToken) =>
        database.ReadShort(
            tenantId,
            (connection, tenant) =>
            {
                using var row = connection.Use(SelectById).Bind(1, tenant).Bind(2, messageId);
                return row.Step() ? Kept(row, row.Text(0), row.Int64(1), messageId) : null;
            },
            cancellationToken);

    public Task<CommitResult> Commit(ConversationCommit commit, CancellationToken cancellationToken)
    {
        var committer = new ConversationCommitter(commit, database.Unreadable);
        return database.Writer.Write(
            new WriteJob<CommitResult>(committer.Rows, committer.Run, ConversationCommitter.Refusal), cancellationToken);
    }

    public Task<IReadOnlyList<KeptMessage>> ReadAfter(
        string tenantId, string conversationId, long after, int limit, CancellationToken cancellationToken) =>
        database.Read<IReadOnlyList<KeptMessage>>(
            tenantId,
            (connection, tenant) =>
            {
                var messages = new List<KeptMessage>();
                if (ConversationRow.Find(connection, tenant, conversationId) is not { } conversation)
                {
                    return messages;
                }

                using var rows = connection.Use(SelectAfter)
                    .Bind(1, MessagePlace.Of(conversation, after))
                    .Bind(2, MessagePlace.Last(conversation))
                    .Bind(3, Math.Min(limit, MostRows));
                while (rows.Step())
                {
                    messages.Add(Kept(rows, conversationId, rows.Int64(0), rows.Guid(1)));
                }

                return messages;
            },
            cancellationToken);

    public Task<long> CountUnread(
        string tenantId, string conversationId, long after, long upTo, CancellationToken cancellationToken) =>
        database.Read(
            tenantId,
            (connection, tenant) =>
            {
                if (ConversationRow.Find(connection, tenant, conversationId) is not { } conversation)
                {
                    return 0L;
                }

                using var row = connection.Use(SelectUnread)
                    .Bind(1, MessagePlace.Of(conversation, Math.Max(after, 0)))
                    .Bind(2, MessagePlace.Of(conversation, Math.Clamp(upTo, 0, uint.MaxValue)));
                row.Step();
                return row.Int64(0);
            },
            cancellationToken);

    public async Task<bool> NamesMedia(string tenantId, string sha256, CancellationToken cancellationToken)
    {
        if (MediaHash.Of(sha256) is not { } hash)
        {
            return false;
        }

        return await database.Read(
            tenantId,
            (connection, tenant) =>
            {
                using var row = connection.Use(SelectMedia).Bind(1, tenant).Bind(2, hash);
                return row.Step();
            },
            cancellationToken);
    }

    /// <summary>The message of a row whose third column is its body.</summary>
    private static KeptMessage Kept(Statement row, string conversationId, long place, Guid messageId) => KeptMessage.Read(
        conversationId,
        MessagePlace.Sequence(place),
        messageId,
        externalId: null,
        direction: null,
        row,
        static row => row.IsNull(2) ? null : StoreJson.Read<Message>(row.Bytes(2)));
}
