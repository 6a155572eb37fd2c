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
    private readonly MongoOptions _options;
    private readonly Together<Touch> _together;

    public Touches(Collections collections, Calls calls, MongoOptions options)
    {
        (_collections, _calls, _options) = (collections, calls, options);
        _together = new Together<Touch>(Write, static _ => 1, MostTogether);
    }

    /// <param name="id">The id of the session's row.</param>
    /// <exception cref="StoreException">It may not be noted.</exception>
    public async Task Note(string id, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var touch = new Touch(id, receivedAt);
        _together.Add(touch);
        try
        {
            await touch.Written.Task.WaitAsync(_options.Deadline, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new StoreOutcomeUnknownException("The last webhook of a session was not noted in time.", exception);
        }
    }

    private async Task Write(List<Touch> touches)
    {
        try
        {
            var updates = touches.GroupBy(static touch => touch.Id, StringComparer.Ordinal)
                .Select(static session => Latest(session.Key, session.Max(static touch => touch.ReceivedAt)))
                .ToList();
            await _calls.Write(token => _collections.SessionsSeen.BulkWriteAsync(updates, InAnyOrder, token), CancellationToken.None);
            touches.ForEach(static touch => touch.Written.TrySetResult());
        }
#pragma warning disable CA1031 // Whatever happens, every caller is answered.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            touches.ForEach(touch => touch.Written.TrySetException(exception));
        }
    }

    private static UpdateOneModel<BsonDocument> Latest(string id, DateTimeOffset receivedAt) => new(
        new BsonDocument(Field.Id, id), new BsonDocument("$max", new BsonDocument(Field.Received, Values.Ticks(receivedAt))))
    {
        IsUpsert = true,
    };

    private sealed record Touch(string Id, DateTimeOffset ReceivedAt)
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
