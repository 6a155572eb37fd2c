using Parley.Domain.Conversations;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Rows;

/// <summary>A conversation as readers see it.</summary>
/// <param name="Deleted">The delete mark that readers go by.</param>
internal sealed record ConversationRow(long Id, long Deleted, ConversationHead Head)
{
    private const string SelectId = "SELECT id FROM conversation WHERE tenant = ?1 AND name = ?2";
    private const string SelectByName = "SELECT id, deleted, head FROM conversation WHERE tenant = ?1 AND name = ?2";
    private const string SelectById = "SELECT id, deleted, head FROM conversation WHERE id = ?1";

    public static long? Find(Connection connection, long tenant, string conversationId)
    {
        using var row = connection.Use(SelectId).Bind(1, tenant).Bind(2, conversationId);
        return row.Step() ? row.Int64(0) : null;
    }

    public static ConversationRow? Read(Connection connection, long tenant, string conversationId) =>
        ReadRow(connection.Use(SelectByName).Bind(1, tenant).Bind(2, conversationId));

    public static ConversationRow? Read(Connection connection, long id) => ReadRow(connection.Use(SelectById).Bind(1, id));

    /// <returns>Null also when it cannot be read.</returns>
    public static ConversationRow? TryRead(Connection connection, long id, UnreadableRows unreadable)
    {
        using var row = connection.Use(SelectById).Bind(1, id);
        return row.Step() && unreadable.TryRead(RowOf.Conversation, row, Of, static row => row.Text(0), out var conversation) ? conversation : null;
    }

    private static ConversationRow? ReadRow(Statement statement)
    {
        using (statement)
        {
            return statement.Step() ? Of(statement) : null;
        }
    }

    private static ConversationRow Of(Statement row) => new(row.Int64(0), row.Int64(1), StoreJson.Read<ConversationHead>(row.Bytes(2)));
}
