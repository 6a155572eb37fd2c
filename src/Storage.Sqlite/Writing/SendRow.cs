using Parley.Domain.Sends;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>A send made ready for its row in the queue, before the writer's turn.</summary>
internal sealed class SendRow(QueuedSend send)
{
    private const string Upsert =
        """
        INSERT INTO send (tenant, id, session, line, state, since, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (tenant, id) DO UPDATE SET session = excluded.session, line = excluded.line, state = excluded.state,
            since = excluded.since, body = excluded.body
        """;

    private const string DeleteRow = "DELETE FROM send WHERE tenant = ?1 AND id = ?2";

    private readonly byte[] _body = StoreJson.Write(send);

    public void Put(Connection connection, long tenant) => connection.Use(Upsert)
        .Bind(1, tenant)
        .Bind(2, send.MessageId)
        .Bind(3, send.SessionId)
        .Bind(4, send.Line.Value)
        .Bind(5, (long)send.State)
        .Bind(6, send.Since.UtcTicks)
        .BindText(7, _body)
        .Run();

    public static void Delete(Connection connection, long tenant, Guid messageId) =>
        connection.Use(DeleteRow).Bind(1, tenant).Bind(2, messageId).Run();
}
