using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Conversations;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>A conversation as readers see it.</summary>
/// <param name="Id">The id of its row: tenant and conversation.</param>
/// <param name="Deleted">The delete mark that readers go by.</param>
internal sealed record ConversationRow(string Id, long Deleted, ConversationHead Head)
{
    private static readonly BsonDocument Columns = new() { { Field.Deleted, 1 }, { Field.Body, 1 } };

    public static ConversationRow Read(BsonDocument row) =>
        new(row.Text(Field.Id), row.Int64(Field.Deleted), StoreJson.Read<ConversationHead>(row.Text(Field.Body)));

    public static async Task<ConversationRow?> Read(
        Collections collections, IClientSessionHandle session, string id, CancellationToken cancellationToken) =>
        (await ReadAll(collections, session, [id], cancellationToken)).GetValueOrDefault(id);

    public static async Task<Dictionary<string, ConversationRow>> ReadAll(
        Collections collections, IClientSessionHandle session, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var rows = await collections.Conversations
            .Find(session, new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(ids))))
            .Project(Columns)
            .ToListAsync(cancellationToken);
        return rows.Select(Read).ToDictionary(static row => row.Id, StringComparer.Ordinal);
    }
}
