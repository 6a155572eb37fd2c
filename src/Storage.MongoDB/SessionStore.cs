using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Sessions for their owners and for lists.</summary>
internal sealed class SessionStore(MongoDatabase database) : ISessionStore
{
    private readonly Collections _collections = database.Collections;
    private readonly Touches _touches = new(database.Collections, database.Calls);

    public Task<Session?> ReadSession(string tenantId, string sessionId, CancellationToken cancellationToken) =>
        database.Calls.Read(
            async token =>
            {
                var row = await _collections.Sessions.Find(ById(tenantId, sessionId)).FirstOrDefaultAsync(token);
                return row is null ? null : StoreJson.Read<Session>(row.Text(Field.Body));
            },
            cancellationToken);

    // An instance may have had sessions before; the one that lives counts, else the latest.
    public Task<Session?> FindByInstance(string tenantId, string instanceName, CancellationToken cancellationToken) =>
        database.Calls.Read(
            async token =>
            {
                var rows = await _collections.Sessions
                    .Find(
                        new BsonDocument { { Field.Tenant, tenantId }, { Field.Instance, instanceName } },
                        new FindOptions { Hint = Indexes.SessionInstance })
                    .ToListAsync(token);
                var row = rows.OrderBy(static row => row[Field.Status].AsInt32 == (int)SessionStatus.Destroyed)
                    .ThenByDescending(static row => row.Int64(Field.Created))
                    .ThenBy(static row => row.Text(Field.Id), StringComparer.Ordinal)
                    .FirstOrDefault();
                return row is null ? null : StoreJson.Read<Session>(row.Text(Field.Body));
            },
            cancellationToken);

    public Task<IReadOnlyList<SessionEntry>> FindOwners(string instanceName, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            (session, token) => new SessionList(_collections, session, database.Unreadable, token).ReadOwners(instanceName), cancellationToken);

    public Task<CommitResult> Commit(SessionCommit commit, CancellationToken cancellationToken) =>
        database.Flushers.Write(
            new CommitJob(commit, database.Time.GetUtcNow().ToUnixTimeMilliseconds()), Stopwatch.GetTimestamp(), cancellationToken);

    public Task Touch(string tenantId, string sessionId, DateTimeOffset receivedAt, CancellationToken cancellationToken) =>
        _touches.Note(TenantKey.Of(tenantId, sessionId), receivedAt, cancellationToken);

    public Task PutQr(string tenantId, string sessionId, SessionQr qr, CancellationToken cancellationToken) => database.Calls.Write(
        async token =>
        {
            // No match and a row that is there: it has a code that expires later, or was made at this moment. In that case it matches now.
            if (!await TryPutQr(tenantId, sessionId, qr, token))
            {
                await TryPutQr(tenantId, sessionId, qr, token);
            }

            return true;
        },
        cancellationToken);

    public Task VoidQr(string tenantId, string sessionId, DateTimeOffset upTo, CancellationToken cancellationToken) => database.Calls.Write(
        token => _collections.SessionsSeen.UpdateOneAsync(
            QrUpTo(tenantId, sessionId, upTo),
            new BsonDocument("$unset", new BsonDocument { { Field.Qr, "" }, { Field.QrUntil, "" } }),
            cancellationToken: token),
        cancellationToken);

    public Task<SessionQr?> ReadQr(string tenantId, string sessionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Calls.Read(
            async token =>
            {
                var row = await _collections.SessionsSeen.Find(ById(tenantId, sessionId)).FirstOrDefaultAsync(token);
                return row?.MaybeText(Field.Qr) is { } text && StoreJson.Read<SessionQr>(text) is var qr && qr.ExpiresAt > now ? qr : null;
            },
            cancellationToken);

    public Task<Page<SessionEntry>> ListSessions(
        string? tenantId, SessionFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            (session, token) => new SessionList(_collections, session, database.Unreadable, token).Read(tenantId, filter, page), cancellationToken);

    public Task<SessionEntry?> ReadEntry(string tenantId, string sessionId, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            (session, token) => new SessionList(_collections, session, database.Unreadable, token).ReadOne(tenantId, sessionId), cancellationToken);

    public Task<Page<SessionTransition>> ListTransitions(
        string tenantId, string sessionId, PageRequest page, CancellationToken cancellationToken) =>
        database.Calls.ReadSnapshot(
            (session, token) => new TransitionList(_collections, session, TenantKey.Of(tenantId, sessionId), token).Read(page),
            cancellationToken);

    private static BsonDocument ById(string tenantId, string sessionId) => new(Field.Id, TenantKey.Of(tenantId, sessionId));

    private async Task<bool> TryPutQr(string tenantId, string sessionId, SessionQr qr, CancellationToken cancellationToken)
    {
        var update = new BsonDocument("$set", new BsonDocument { { Field.Qr, StoreJson.Text(qr) }, { Field.QrUntil, qr.ExpiresAt.UtcTicks } });
        try
        {
            await _collections.SessionsSeen.UpdateOneAsync(
                QrUpTo(tenantId, sessionId, qr.ExpiresAt), update, new UpdateOptions { IsUpsert = true }, cancellationToken);
            return true;
        }
        catch (MongoWriteException e) when (Failures.Duplicate(e) is not null)
        {
            return false;
        }
    }

    /// <summary>The session's row, unless its code expires after a time.</summary>
    private static BsonDocument QrUpTo(string tenantId, string sessionId, DateTimeOffset upTo)
    {
        var row = ById(tenantId, sessionId);
        row.Add(Field.QrUntil, new BsonDocument("$not", new BsonDocument("$gt", upTo.UtcTicks)));
        return row;
    }
}
