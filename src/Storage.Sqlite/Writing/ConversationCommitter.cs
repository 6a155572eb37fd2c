using Parley.Domain.Addresses;
using Parley.Domain.Conversations;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>Makes one commit of a conversation. What can be made ready is, in the constructor, on the caller's thread.</summary>
internal sealed class ConversationCommitter
{
    private const string FindConversation =
        "SELECT id, version, active, unread, hidden, parties, deleted FROM conversation WHERE tenant = ?1 AND name = ?2";

    private const string InsertConversation =
        """
        INSERT INTO conversation (tenant, name, version, deleted, active, unread, hidden, kind, sessions, parties, head)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING id
        """;

    private const string UpdateConversation =
        """
        UPDATE conversation SET version = ?2, deleted = ?3, active = ?4, unread = ?5, hidden = ?6, sessions = ?7, parties = ?8, head = ?9
        WHERE id = ?1
        """;

    // An index is touched for every column that an UPDATE names, changed or not.
    private const string UpdateHead =
        "UPDATE conversation SET version = ?2, deleted = ?3, sessions = ?4, parties = ?5, head = ?6 WHERE id = ?1";

    private const string RaiseMark =
        "UPDATE conversation SET deleted = ?3 WHERE tenant = ?1 AND name = ?2 AND deleted < ?3";

    private const string FindAlias = "SELECT conversation FROM alias WHERE tenant = ?1 AND party = ?2 AND pair = ?3";

    private const string InsertAlias =
        """
        INSERT INTO alias (tenant, party, pair, low, high, conversation) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
        """;

    private const string DeleteParked = "DELETE FROM parked WHERE id = ?1 AND tenant = ?2 RETURNING session";

    private static readonly CommitResult NothingSeen = new(CommitOutcome.Done, Seen: MessageLookup.Nothing);

    private readonly ConversationCommit _commit;
    private readonly ConversationColumns _columns;
    private readonly MessageRow[] _added;
    private readonly MessageRow[] _changed;
    private readonly MessageRow?[] _moved;
    private readonly SendRow[] _queued;
    private readonly byte[][] _events;
    private readonly (string Key, byte[] Item)[] _leaves;
    private readonly IdLookUp _unseen;

    public ConversationCommitter(ConversationCommit commit, UnreadableRows unreadable)
    {
        _commit = commit;
        _columns = new ConversationColumns(commit.Head);
        _added = [.. commit.Added.Select(message => new MessageRow(commit.TenantId, message))];
        _changed = [.. commit.Changed.Where(message => !commit.Released.Contains(message.Sequence)).Select(message => new MessageRow(commit.TenantId, message))];
        _moved = [.. commit.Moved.Select(moved => moved.Message is null ? null : new MessageRow(commit.TenantId, moved.Message))];
        _queued = [.. commit.Queued.Select(static send => new SendRow(send))];
        _events = EventAppender.Prepare(commit.Events);
        _leaves = EventAppender.Prepare(commit.Leaves);
        _unseen = new IdLookUp(commit.TenantId, commit.Unseen, unreadable);
    }

    public int Rows => 1 + _added.Length + _changed.Length + (2 * _moved.Length) + _commit.Erased.Length + _commit.Released.Length
        + _queued.Length + _commit.Dequeued.Length + _events.Length + _leaves.Length + _commit.Unparked.Length
        + (2 * _commit.Aliases.Length);

    /// <summary>The answer when its rows were rolled back because of <paramref name="exception"/>.</summary>
    public static CommitResult? Refusal(Exception exception) => exception switch
    {
        CommitRefusedException refused => refused.Result,
        SqliteException { IsConstraint: true } => new CommitResult(CommitOutcome.Refused),
        _ => null,
    };

    public CommitResult Run(WriteTransaction transaction)
    {
        var connection = transaction.Connection;
        var tenant = transaction.Tenant(_commit.TenantId);
        // One writer: whoever comes later sees this one in the same way, so nobody need look again.
        var seen = _unseen.Run(connection, tenant);
        if (seen.Messages.Count > 0 || seen.Parked.Count > 0)
        {
            return new CommitResult(CommitOutcome.Seen, Seen: seen);
        }

        var kept = ReadKept(connection, tenant);
        if ((kept?.Version ?? 0) != _commit.Head.Version - 1)
        {
            return CommitResult.Stale;
        }

        // What can be refused without a row written is, so that others of the transaction notice nothing.
        foreach (var pair in _commit.Aliases)
        {
            if (ReadAlias(connection, tenant, pair) is { } other && other != kept?.Id)
            {
                return new CommitResult(CommitOutcome.PairTaken, pair);
            }
        }

        var conversation = kept is null ? Insert(connection, tenant) : Update(connection, kept);
        WriteMessages(connection, tenant, conversation);
        WriteAliases(connection, tenant, conversation);
        if (kept is null || kept.Parties != _columns.Parties)
        {
            SearchWords.PutContacts(connection, tenant, conversation, _commit.Head);
        }

        foreach (var taking in _commit.Head.TakingOver)
        {
            if (taking.DeletedUpTo > 0)
            {
                connection.Use(RaiseMark).Bind(1, tenant).Bind(2, taking.From).Bind(3, taking.DeletedUpTo).Run();
            }
        }

        foreach (var send in _queued)
        {
            send.Put(connection, tenant);
        }

        foreach (var id in _commit.Dequeued)
        {
            SendRow.Delete(connection, tenant, id);
        }

        foreach (var id in _commit.Unparked)
        {
            Unpark(transaction, tenant, id);
        }

        EventAppender.Append(transaction, tenant, _commit.Head.ConversationId, _events);
        EventAppender.Leave(transaction, tenant, _leaves, transaction.NowMs);
        if (_commit.VisibleDelta != 0 || _commit.MessageDelta != 0)
        {
            var counts = transaction.Counts(tenant);
            counts.Conversations += _commit.VisibleDelta;
            counts.Messages += _commit.MessageDelta;
        }

        return _commit.Unseen.IsEmpty ? CommitResult.Done : NothingSeen;
    }

    /// <summary>Removes a parked change, if it is still there.</summary>
    public static void Unpark(WriteTransaction transaction, long tenant, long id)
    {
        using var row = transaction.Connection.Use(DeleteParked).Bind(1, id).Bind(2, tenant);
        if (row.Step())
        {
            transaction.Unparked(tenant, row.Text(0));
        }
    }

    private Kept? ReadKept(Connection connection, long tenant)
    {
        using var row = connection.Use(FindConversation).Bind(1, tenant).Bind(2, _commit.Head.ConversationId);
        return row.Step()
            ? new Kept(row.Int64(0), row.Int64(1), row.MaybeInt64(2), row.Int32(3) != 0, row.Int32(4) != 0, row.Text(5), row.Int64(6))
            : null;
    }

    private static long? ReadAlias(Connection connection, long tenant, AddressPair pair)
    {
        using var row = connection.Use(FindAlias).Bind(1, tenant).Bind(2, pair.Low).Bind(3, pair.ToString());
        return row.Step() ? row.Int64(0) : null;
    }

    private long Insert(Connection connection, long tenant)
    {
        using var row = connection.Use(InsertConversation)
            .Bind(1, tenant)
            .Bind(2, _commit.Head.ConversationId)
            .Bind(3, _commit.Head.Version)
            .Bind(4, _commit.Head.DeletedUpTo)
            .Bind(5, _columns.ActiveMs)
            .Bind(6, _columns.Unread)
            .Bind(7, _columns.Hidden)
            .Bind(8, (long)_commit.Head.Kind)
            .Bind(9, _columns.Sessions)
            .Bind(10, _columns.Parties)
            .BindText(11, _columns.Head);
        row.Step();
        return row.Int64(0);
    }

    private long Update(Connection connection, Kept kept)
    {
        var deleted = Math.Max(kept.Deleted, _commit.Head.DeletedUpTo);
        if (kept.ActiveMs == _columns.ActiveMs && kept.Unread == _columns.Unread && kept.Hidden == _columns.Hidden)
        {
            connection.Use(UpdateHead)
                .Bind(1, kept.Id)
                .Bind(2, _commit.Head.Version)
                .Bind(3, deleted)
                .Bind(4, _columns.Sessions)
                .Bind(5, _columns.Parties)
                .BindText(6, _columns.Head)
                .Run();
        }
        else
        {
            connection.Use(UpdateConversation)
                .Bind(1, kept.Id)
                .Bind(2, _commit.Head.Version)
                .Bind(3, deleted)
                .Bind(4, _columns.ActiveMs)
                .Bind(5, _columns.Unread)
                .Bind(6, _columns.Hidden)
                .Bind(7, _columns.Sessions)
                .Bind(8, _columns.Parties)
                .BindText(9, _columns.Head)
                .Run();
        }

        return kept.Id;
    }

    private void WriteMessages(Connection connection, long tenant, long conversation)
    {
        // Before anything that may take the ids which they give up; and once more, for what has only just come.
        Release(connection, conversation);
        for (var i = 0; i < _moved.Length; i++)
        {
            MessageWriter.Move(connection, tenant, conversation, _commit.Moved[i], _moved[i]);
        }

        foreach (var row in _added)
        {
            MessageWriter.Insert(connection, tenant, conversation, row);
        }

        Release(connection, conversation);
        foreach (var row in _changed)
        {
            MessageWriter.Update(connection, conversation, row);
        }

        foreach (var sequence in _commit.Erased)
        {
            MessageWriter.Erase(connection, conversation, sequence);
        }
    }

    private void Release(Connection connection, long conversation)
    {
        foreach (var sequence in _commit.Released)
        {
            MessageWriter.Release(connection, conversation, sequence);
        }
    }

    private void WriteAliases(Connection connection, long tenant, long conversation)
    {
        foreach (var pair in _commit.Aliases)
        {
            foreach (var party in pair.Low == pair.High ? [pair.Low] : new[] { pair.Low, pair.High })
            {
                connection.Use(InsertAlias)
                    .Bind(1, tenant)
                    .Bind(2, party)
                    .Bind(3, pair.ToString())
                    .Bind(4, pair.Low)
                    .Bind(5, pair.High)
                    .Bind(6, conversation)
                    .Run();
            }
        }
    }

    private sealed record Kept(long Id, long Version, long? ActiveMs, bool Unread, bool Hidden, string Parties, long Deleted);
}
