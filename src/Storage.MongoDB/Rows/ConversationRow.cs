using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Domain.Conversations;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Reading;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Rows;

/// <summary>A conversation as readers see it.</summary>
/// <param name="Id">The id of its row: tenant and conversation.</param>
/// <param name="Deleted">The delete mark that readers go by.</param>
internal sealed record ConversationRow(string Id, long Deleted, ConversationHead Head)
{
    private static readonly BsonDocument Columns = new() { { Field.Tenant, 1 }, { Field.Token, 1 }, { Field.Deleted, 1 }, { Field.Body, 1 } };

    public static ConversationRow Read(BsonDocument row) =>
        new(row.Text(Field.Id), row.Int64(Field.Deleted), StoreJson.Read<ConversationHead>(row.Text(Field.Body)));

    /// <summary>What names a row in the log: its own id is made of numbers of people.</summary>
    /// <param name="row">Its tenant and its token.</param>
    public static string Name(BsonDocument row) => $"{row.Text(Field.Tenant)}, token {row[Field.Token]}";

    public static async Task<ConversationRow?> Read(
        Collections collections, IClientSessionHandle session, string id, CancellationToken cancellationToken) =>
        (await Find(collections, session, [id], Columns, cancellationToken)) is [var row] ? Read(row) : null;

    /// <returns>Those that are there, by their ids.</returns>
    public static async Task<Dictionary<string, ConversationRow>> ReadAll(
        Collections collections, IClientSessionHandle session, IEnumerable<string> ids, CancellationToken cancellationToken) =>
        (await Find(collections, session, ids, Columns, cancellationToken)).Select(Read).ToDictionary(static row => row.Id, StringComparer.Ordinal);

    /// <returns>Those that are there and can be read, by their ids.</returns>
    public static async Task<Dictionary<string, ConversationRow>> ReadAll(
        Collections collections, IClientSessionHandle session, IEnumerable<string> ids, UnreadableRows unreadable, CancellationToken cancellationToken) =>
        unreadable.ReadAll(RowOf.Conversation, await Find(collections, session, ids, Columns, cancellationToken), Read, Name)
            .ToDictionary(static row => row.Id, StringComparer.Ordinal);

    /// <returns>The delete marks alone, by ids: they are there whatever became of the rest.</returns>
    public static async Task<Dictionary<string, long>> ReadMarks(
        Collections collections, IClientSessionHandle session, IEnumerable<string> ids, CancellationToken cancellationToken) =>
        (await Find(collections, session, ids, new BsonDocument(Field.Deleted, 1), cancellationToken))
            .ToDictionary(static row => row.Text(Field.Id), static row => row.Int64(Field.Deleted), StringComparer.Ordinal);

    private static Task<List<BsonDocument>> Find(
        Collections collections, IClientSessionHandle session, IEnumerable<string> ids, BsonDocument columns, CancellationToken cancellationToken) =>
        collections.Conversations
            .Find(session, new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(ids))))
            .Project(columns)
            .ToListAsync(cancellationToken);
}
