using Parley.Domain.Conversations;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>Writes the rows of messages.</summary>
internal static class MessageWriter
{
    private const string InsertRow =
        """
        INSERT INTO message
            (place, tenant, id, key, conversation, direction, type, status, session, timestamp, updated, unread, media, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
        """;

    private const string InsertTombstone =
        "INSERT INTO message (place, tenant, id, key, conversation) VALUES (?1, ?2, ?3, ?4, ?5)";

    private const string FindOld = "SELECT key, timestamp, media FROM message WHERE place = ?1 AND body IS NOT NULL";

    // Indexes are touched for every column that an UPDATE names; of a change to a message only its time is new, as a rule.
    private const string UpdateUsual =
        """
        UPDATE message SET type = ?2, status = ?3, session = ?4, updated = ?5, unread = ?6, body = ?7 WHERE place = ?1
        """;

    private const string UpdateKeys = "UPDATE message SET key = ?2, timestamp = ?3, media = ?4 WHERE place = ?1";

    private const string EraseRow =
        """
        UPDATE message SET direction = NULL, type = NULL, status = NULL, session = NULL, timestamp = NULL, updated = NULL,
            unread = NULL, media = NULL, body = NULL
        WHERE place = ?1
        """;

    private const string ReleaseRow =
        """
        UPDATE message SET key = id, direction = NULL, type = NULL, status = NULL, session = NULL, timestamp = NULL, updated = NULL,
            unread = NULL, media = NULL, body = NULL
        WHERE place = ?1
        """;

    private const string TakeRow =
        """
        DELETE FROM message
        WHERE place = (SELECT (id << 32) | ?3 FROM conversation WHERE tenant = ?1 AND name = ?2) RETURNING id, key
        """;

    public static void Insert(Connection connection, long tenant, long conversation, MessageRow row)
    {
        var message = row.Message;
        try
        {
            connection.Use(InsertRow)
                .Bind(1, MessagePlace.Of(conversation, message.Sequence))
                .Bind(2, tenant)
                .Bind(3, message.Id)
                .BindBlob(4, row.Key)
                .Bind(5, conversation)
                .Bind(6, (long)message.Direction)
                .Bind(7, (long)message.Content.Type)
                .Bind(8, (long)message.Status)
                .Bind(9, message.SessionId)
                .Bind(10, row.TimestampMs)
                .Bind(11, row.UpdatedMs)
                .Bind(12, row.CountsUnread)
                .Bind(13, row.Media)
                .BindText(14, row.Body)
                .Run();
        }
        catch (SqliteException exception) when (exception.IsConstraint)
        {
            throw Refused(message.ExternalId, exception);
        }
    }

    public static void Update(Connection connection, long conversation, MessageRow row)
    {
        var message = row.Message;
        var place = MessagePlace.Of(conversation, message.Sequence);
        bool sameKeys;
        using (var old = connection.Use(FindOld).Bind(1, place))
        {
            if (!old.Step())
            {
                // Not there, or a tombstone: a change must not bring it back.
                throw Refused(message.ExternalId, null);
            }

            sameKeys = old.Bytes(0).SequenceEqual(row.Key) && old.Int64(1) == row.TimestampMs && old.Bytes(2).SequenceEqual(row.Media);
        }

        try
        {
            if (!sameKeys)
            {
                connection.Use(UpdateKeys)
                    .Bind(1, place)
                    .BindBlob(2, row.Key)
                    .Bind(3, row.TimestampMs)
                    .Bind(4, row.Media)
                    .Run();
            }

            connection.Use(UpdateUsual)
                .Bind(1, place)
                .Bind(2, (long)message.Content.Type)
                .Bind(3, (long)message.Status)
                .Bind(4, message.SessionId)
                .Bind(5, row.UpdatedMs)
                .Bind(6, row.CountsUnread)
                .BindText(7, row.Body)
                .Run();
        }
        catch (SqliteException exception) when (exception.IsConstraint)
        {
            throw Refused(message.ExternalId, exception);
        }
    }

    public static void Erase(Connection connection, long conversation, long sequence) =>
        connection.Use(EraseRow).Bind(1, MessagePlace.Of(conversation, sequence)).Run();

    /// <summary>Makes it a tombstone that no gateway id leads to: its key is its own id.</summary>
    public static void Release(Connection connection, long conversation, long sequence) =>
        connection.Use(ReleaseRow).Bind(1, MessagePlace.Of(conversation, sequence)).Run();

    /// <summary>Takes a row from where it was and, unless it was a double, gives it its place here.</summary>
    public static void Move(Connection connection, long tenant, long conversation, MovedMessage moved, MessageRow? row)
    {
        Guid id;
        byte[] key;
        using (var taken = connection.Use(TakeRow).Bind(1, tenant).Bind(2, moved.From).Bind(3, moved.FromSequence))
        {
            if (!taken.Step())
            {
                throw Refused(moved.Message?.ExternalId, null);
            }

            id = taken.Guid(0);
            key = taken.Bytes(1).ToArray();

            // RETURNING hands out its rows after the change, but the statement must still be run to its end.
            while (taken.Step())
            {
            }
        }

        if (row is not null)
        {
            Insert(connection, tenant, conversation, row);
        }
        else if (moved.Sequence is { } sequence)
        {
            var place = MessagePlace.Of(conversation, sequence);
            try
            {
                Bury(connection, place, tenant, id, key, conversation);
            }
            catch (SqliteException exception) when (exception.IsConstraint)
            {
                // A copy is here already and answers for the gateway id: the tombstone keeps its place only.
                Bury(connection, place, tenant, id, id.ToByteArray(bigEndian: true), conversation);
            }
        }
    }

    private static void Bury(Connection connection, long place, long tenant, Guid id, byte[] key, long conversation) =>
        connection.Use(InsertTombstone).Bind(1, place).Bind(2, tenant).Bind(3, id).BindBlob(4, key).Bind(5, conversation).Run();

    private static CommitRefusedException Refused(string? externalId, SqliteException? exception) =>
        new(new CommitResult(CommitOutcome.Refused, ExternalId: externalId), exception);
}
