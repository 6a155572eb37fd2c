using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>Makes one commit of a session.</summary>
internal sealed class SessionCommitter(SessionCommit commit)
{
    private const string Find = "SELECT id, version FROM session WHERE tenant = ?1 AND name = ?2";

    private const string Insert =
        """
        INSERT INTO session (tenant, name, version, instance, status, attention, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        RETURNING id
        """;

    private const string Update =
        "UPDATE session SET version = ?2, instance = ?3, status = ?4, attention = ?5, body = ?6 WHERE id = ?1";

    private const string InsertTransition = "INSERT INTO transition (place, body) VALUES (?1, ?2)";

    private readonly byte[] _body = StoreJson.Write(commit.Session);
    private readonly byte[][] _transitions = [.. commit.Transitions.Select(StoreJson.Write)];
    private readonly byte[][] _events = EventAppender.Prepare(commit.Events);
    private readonly (string Key, byte[] Item)[] _leaves = EventAppender.Prepare(commit.Leaves);

    public int Rows => 1 + _transitions.Length + _events.Length + _leaves.Length;

    public CommitResult Run(WriteTransaction transaction)
    {
        var session = commit.Session;
        var tenant = transaction.Tenant(commit.TenantId);
        long id = 0;
        long version = 0;
        using (var kept = transaction.Connection.Use(Find).Bind(1, commit.TenantId).Bind(2, session.SessionId))
        {
            if (kept.Step())
            {
                (id, version) = (kept.Int64(0), kept.Int64(1));
            }
        }

        if (version != session.Version - 1)
        {
            return CommitResult.Stale;
        }

        transaction.Counts(tenant).Sessions += commit.Gained;
        if (id == 0)
        {
            id = Add(transaction);
        }
        else
        {
            transaction.Connection.Use(Update)
                .Bind(1, id)
                .Bind(2, session.Version)
                .Bind(3, session.InstanceName)
                .Bind(4, (long)session.Status)
                .Bind(5, session.NeedsAttention is not null)
                .BindText(6, _body)
                .Run();
        }

        for (var i = 0; i < _transitions.Length; i++)
        {
            transaction.Connection.Use(InsertTransition)
                .Bind(1, MessagePlace.Of(id, commit.Transitions[i].Number))
                .BindText(2, _transitions[i])
                .Run();
        }

        EventAppender.Append(transaction, tenant, session.SessionId, _events);
        EventAppender.Leave(transaction, tenant, _leaves, transaction.NowMs);
        return CommitResult.Done;
    }

    private long Add(WriteTransaction transaction)
    {
        using var added = transaction.Connection.Use(Insert)
            .Bind(1, commit.TenantId)
            .Bind(2, commit.Session.SessionId)
            .Bind(3, commit.Session.Version)
            .Bind(4, commit.Session.InstanceName)
            .Bind(5, (long)commit.Session.Status)
            .Bind(6, commit.Session.NeedsAttention is not null)
            .BindText(7, _body);
        added.Step();
        return added.Int64(0);
    }
}
