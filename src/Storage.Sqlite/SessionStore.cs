using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;
using Parley.Storage.Sqlite.Rows;
using Parley.Storage.Sqlite.Writing;

namespace Parley.Storage.Sqlite;

/// <summary>Sessions for their owners and for lists.</summary>
internal sealed class SessionStore(SqliteDatabase database) : ISessionStore
{
    private const string SelectSession = "SELECT body FROM session WHERE tenant = ?1 AND name = ?2";

    // An instance may have had sessions before; the one that lives counts, else the latest.
    private const string SelectByInstance =
        "SELECT body FROM session WHERE tenant = ?1 AND instance = ?2 ORDER BY status = ?3, id DESC LIMIT 1";

    private const string PutSeen =
        """
        INSERT INTO session_seen (tenant, name, received, received_ms) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET received = excluded.received, received_ms = excluded.received_ms
        WHERE received_ms IS NULL OR received_ms < excluded.received_ms
        """;

    private const string PutCode =
        "INSERT INTO session_seen (tenant, name, qr) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET qr = excluded.qr";

    private const string DropCode = "UPDATE session_seen SET qr = NULL WHERE tenant = ?1 AND name = ?2";

    private const string SelectCode = "SELECT qr FROM session_seen WHERE tenant = ?1 AND name = ?2 AND qr IS NOT NULL";

    public Task<Session?> ReadSession(string tenantId, string sessionId, CancellationToken cancellationToken) =>
        database.Read(
            connection =>
            {
                using var row = connection.Use(SelectSession).Bind(1, tenantId).Bind(2, sessionId);
                return row.Step() ? StoreJson.Read<Session>(row.Bytes(0)) : null;
            },
            cancellationToken);

    public Task<Session?> FindByInstance(string tenantId, string instanceName, CancellationToken cancellationToken) =>
        database.Read(
            connection =>
            {
                using var row = connection.Use(SelectByInstance)
                    .Bind(1, tenantId)
                    .Bind(2, instanceName)
                    .Bind(3, (long)SessionStatus.Destroyed);
                return row.Step() ? StoreJson.Read<Session>(row.Bytes(0)) : null;
            },
            cancellationToken);

    public Task<IReadOnlyList<SessionEntry>> FindOwners(string instanceName, CancellationToken cancellationToken) =>
        database.Read(connection => SessionList.ReadOwners(connection, instanceName), cancellationToken);

    public Task<CommitResult> Commit(SessionCommit commit, CancellationToken cancellationToken)
    {
        var committer = new SessionCommitter(commit);
        return database.Writer.Write(
            new WriteJob<CommitResult>(committer.Rows, committer.Run, ConversationCommitter.Refusal), cancellationToken);
    }

    public Task Touch(string tenantId, string sessionId, DateTimeOffset receivedAt, CancellationToken cancellationToken) =>
        database.Write(
            1,
            transaction =>
            {
                transaction.Connection.Use(PutSeen)
                    .Bind(1, tenantId)
                    .Bind(2, sessionId)
                    .Bind(3, TimeText.Of(receivedAt))
                    .Bind(4, receivedAt.ToUnixTimeMilliseconds())
                    .Run();
            },
            cancellationToken);

    public Task PutQr(string tenantId, string sessionId, SessionQr qr, CancellationToken cancellationToken)
    {
        var json = StoreJson.Write(qr);
        return database.Write(
            1,
            transaction =>
            {
                if (FindQr(transaction.Connection, tenantId, sessionId) is { } kept && kept.ExpiresAt > qr.ExpiresAt)
                {
                    return;
                }

                transaction.Connection.Use(PutCode).Bind(1, tenantId).Bind(2, sessionId).BindText(3, json).Run();
            },
            cancellationToken);
    }

    public Task VoidQr(string tenantId, string sessionId, DateTimeOffset upTo, CancellationToken cancellationToken) =>
        database.Write(
            1,
            transaction =>
            {
                if (FindQr(transaction.Connection, tenantId, sessionId) is { } kept && kept.ExpiresAt <= upTo)
                {
                    transaction.Connection.Use(DropCode).Bind(1, tenantId).Bind(2, sessionId).Run();
                }
            },
            cancellationToken);

    public Task<SessionQr?> ReadQr(string tenantId, string sessionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Read(
            connection => FindQr(connection, tenantId, sessionId) is { } qr && qr.ExpiresAt > now ? qr : null,
            cancellationToken);

    public Task<Page<SessionEntry>> ListSessions(
        string? tenantId, SessionFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        database.Read(connection => SessionList.Read(connection, database.Unreadable, tenantId, filter, page), cancellationToken);

    public Task<SessionEntry?> ReadEntry(string tenantId, string sessionId, CancellationToken cancellationToken) =>
        database.Read(connection => SessionList.ReadOne(connection, tenantId, sessionId), cancellationToken);

    public Task<Page<SessionTransition>> ListTransitions(
        string tenantId, string sessionId, PageRequest page, CancellationToken cancellationToken) =>
        database.Read(connection => TransitionList.Read(connection, tenantId, sessionId, page), cancellationToken);

    private static SessionQr? FindQr(Connection connection, string tenantId, string sessionId)
    {
        using var row = connection.Use(SelectCode).Bind(1, tenantId).Bind(2, sessionId);
        return row.Step() ? StoreJson.Read<SessionQr>(row.Bytes(0)) : null;
    }
}
