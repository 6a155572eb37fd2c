using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>Notes when sessions had their last webhook. What comes while one request runs goes together in the next, each session once:
/// thousands of lines that are told of every few seconds cost a request or two at a time.</summary>
internal sealed class Touches(Collections collections, Calls calls, MongoOptions options)
{
    private static readonly BulkWriteOptions InAnyOrder = new() { IsOrdered = false };

    private readonly Lock _lock = new();
    private Batch _waiting = new();
    private bool _isRunning;

    /// <param name="id">The id of the session's row.</param>
    /// <exception cref="StoreException">It may not be noted.</exception>
    public async Task Note(string id, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        Task written;
        lock (_lock)
        {
            _waiting.Add(id, receivedAt);
            written = _waiting.Written.Task;
            if (!_isRunning)
            {
                _isRunning = true;
                _ = Task.Run(Run, CancellationToken.None);
            }
        }

        try
        {
            await written.WaitAsync(options.Deadline, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new StoreOutcomeUnknownException("The last webhook of a session was not noted in time.", exception);
        }
    }

    private async Task Run()
    {
        while (true)
        {
            Batch batch;
            lock (_lock)
            {
                if (_waiting.IsEmpty)
                {
                    _isRunning = false;
                    return;
                }

                batch = _waiting;
                _waiting = new Batch();
            }

            try
            {
                await calls.Write(token => collections.SessionsSeen.BulkWriteAsync(batch.Updates(), InAnyOrder, token), CancellationToken.None);
                batch.Written.TrySetResult();
            }
#pragma warning disable CA1031 // Whatever happens, every caller is answered.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                batch.Written.TrySetException(exception);
            }
        }
    }

    private sealed class Batch
    {
        private readonly Dictionary<string, DateTimeOffset> _last = new(StringComparer.Ordinal);

        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsEmpty => _last.Count == 0;

        public void Add(string id, DateTimeOffset receivedAt)
        {
            if (!_last.TryGetValue(id, out var known) || known < receivedAt)
            {
                _last[id] = receivedAt;
            }
        }

        public IEnumerable<UpdateOneModel<BsonDocument>> Updates() => _last.Select(static last => new UpdateOneModel<BsonDocument>(
            new BsonDocument(Field.Id, last.Key),
            new BsonDocument("$max", new BsonDocument(Field.Received, Values.Ticks(last.Value))))
        {
            IsUpsert = true,
        });
    }
}
