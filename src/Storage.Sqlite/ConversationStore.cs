using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;
using Parley.Storage.Sqlite.Writing;

namespace Parley.Storage.Sqlite;

/// <summary>Conversations for their owners.</summary>
internal sealed class ConversationStore(SqliteDatabase database) : IConversationStore
{
    private const string SelectHead = "SELECT head FROM conversation WHERE tenant = ?1 AND name = ?2";

    public const string SelectByKey =
        """
        SELECT c.name, m.place, m.id, m.body
        FROM message m JOIN conversation c ON c.id = m.conversation
        WHERE m.key = ?1 AND m.tenant = ?2
        """;

    public const string SelectParked =
        "SELECT id, session, change FROM parked WHERE tenant = ?1 AND target = ?2 ORDER BY id";

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

        return await database.ReadShort(
            tenantId,
            (connection, tenant) =>
            {
                var messages = new List<KeptMessage>();
                var parked = new List<ParkedChange>();
                foreach (var externalId in externalIds.Distinct(StringComparer.Ordinal))
                {
                    FindMessages(connection, tenant, tenantId, externalId, messages);
                    FindParked(connection, tenant, tenantId, externalId, parked);
                }

                return new MessageLookup(messages, parked);
            },
            cancellationToken);
    }

    public Task<CommitResult> Commit(ConversationCommit commit, CancellationToken cancellationToken)
    {
        var committer = new ConversationCommitter(commit);
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
                    var message = rows.IsNull(2) ? null : StoreJson.Read<Message>(rows.Bytes(2));
                    messages.Add(new KeptMessage(
                        conversationId, MessagePlace.Sequence(rows.Int64(0)), rows.Guid(1), message?.ExternalId, message?.Direction, message));
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

    private static void FindMessages(
        Connection connection, long tenant, string tenantId, string externalId, List<KeptMessage> messages)
    {
        foreach (var direction in (ReadOnlySpan<Direction>)[Direction.In, Direction.Out])
        {
            using var rows = connection.Use(SelectByKey)
                .BindBlob(1, ExternalKey.Of(tenantId, direction, externalId))
                .Bind(2, tenant);
            while (rows.Step())
            {
                messages.Add(new KeptMessage(
                    rows.Text(0),
                    MessagePlace.Sequence(rows.Int64(1)),
                    rows.Guid(2),
                    externalId,
                    direction,
                    rows.IsNull(3) ? null : StoreJson.Read<Message>(rows.Bytes(3))));
            }
        }
    }

    private static void FindParked(
        Connection connection, long tenant, string tenantId, string externalId, List<ParkedChange> parked)
    {
        using var rows = connection.Use(SelectParked).Bind(1, tenant).Bind(2, externalId);
        while (rows.Step())
        {
            parked.Add(new ParkedChange(rows.Int64(0), tenantId, rows.Text(1), StoreJson.Read<MessageChange>(rows.Bytes(2))));
        }
    }
}
