using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>Notes when sessions had their last webhook. What comes while one request runs goes together in the next, each session once:
/// thousands of lines that are told of every few seconds cost a request or two at a time.</summary>
internal sealed class Touches
{
    private const int MostTogether = 10_000;
    private static readonly BulkWriteOptions InAnyOrder = new() { IsOrdered = false };

    private readonly Collections _collections;
    private readonly Calls _calls;
    private readonly Together<Touch, bool> _together;

    public Touches(Collections collections, Calls calls)
    {
        (_collections, _calls) = (collections, calls);
        _together = new Together<Touch, bool>(Write, static _ => 1, MostTogether);
    }

    /// <param name="id">The id of the session's row.</param>
    /// <exception cref="StoreException">It may not be noted.</exception>
    public Task Note(string id, DateTimeOffset receivedAt, CancellationToken cancellationToken) =>
        _calls.WaitToWrite(_together.Ask(new Touch(id, receivedAt)), cancellationToken);

    private async Task<IReadOnlyList<bool>> Write(IReadOnlyList<Touch> touches)
    {
        var updates = touches.GroupBy(static touch => touch.Id, StringComparer.Ordinal)
            .Select(static session => Latest(session.Key, session.Max(static touch => touch.ReceivedAt)))
            .ToList();
        await _calls.Write(token => _collections.SessionsSeen.BulkWriteAsync(updates, InAnyOrder, token), CancellationToken.None);
        return [.. touches.Select(static _ => true)];
    }

    private static UpdateOneModel<BsonDocument> Latest(string id, DateTimeOffset receivedAt) => new(
        new BsonDocument(Field.Id, id), new BsonDocument("$max", new BsonDocument(Field.Received, Values.Ticks(receivedAt))))
    {
        IsUpsert = true,
    };

    private sealed record Touch(string Id, DateTimeOffset ReceivedAt);
}
