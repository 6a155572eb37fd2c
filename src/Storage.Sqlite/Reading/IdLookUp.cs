using Parley.Domain.Messages;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Rows;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>What a tenant has under some gateway ids: messages of both directions, tombstones included, and parked changes.</summary>
/// <remarks>The keys are made on the caller's thread.</remarks>
internal sealed class IdLookUp(string tenantId, IEnumerable<string> externalIds, UnreadableRows unreadable)
{
    public const string SelectByKey =
        """
        SELECT c.name, m.place, m.id, m.body
        FROM message m JOIN conversation c ON c.id = m.conversation
        WHERE m.key = ?1 AND m.tenant = ?2
        """;

    public const string SelectParked =
        "SELECT id, session, change FROM parked WHERE tenant = ?1 AND target = ?2 ORDER BY id";

    private readonly (string Id, byte[] In, byte[] Out)[] _ids =
    [
        .. externalIds.Select(id => (id, ExternalKey.Of(tenantId, Direction.In, id), ExternalKey.Of(tenantId, Direction.Out, id))),
    ];

    public MessageLookup Run(Connection connection, long tenant)
    {
        if (_ids.Length == 0)
        {
            return MessageLookup.Nothing;
        }

        var messages = new List<KeptMessage>();
        var parked = new List<ParkedChange>();
        foreach (var (id, received, sent) in _ids)
        {
            FindMessages(connection, tenant, id, Direction.In, received, messages);
            FindMessages(connection, tenant, id, Direction.Out, sent, messages);
            FindParked(connection, tenant, id, parked);
        }

        return new MessageLookup(messages, parked);
    }

    private static void FindMessages(
        Connection connection, long tenant, string externalId, Direction direction, byte[] key, List<KeptMessage> messages)
    {
        using var rows = connection.Use(SelectByKey).BindBlob(1, key).Bind(2, tenant);
        while (rows.Step())
        {
            messages.Add(KeptMessage.Read(
                rows.Text(0),
                MessagePlace.Sequence(rows.Int64(1)),
                rows.Guid(2),
                externalId,
                direction,
                rows,
                static row => row.IsNull(3) ? null : StoreJson.Read<Message>(row.Bytes(3))));
        }
    }

    private void FindParked(Connection connection, long tenant, string externalId, List<ParkedChange> parked)
    {
        using var rows = connection.Use(SelectParked).Bind(1, tenant).Bind(2, externalId);
        parked.AddRange(unreadable.ReadAll(
            RowOf.ParkedChange,
            rows,
            int.MaxValue,
            row => new ParkedChange(row.Int64(0), tenantId, row.Text(1), StoreJson.Read<MessageChange>(row.Bytes(2))),
            static row => row.Text(0)));
    }
}
