using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>The flushers, and which of them a commit belongs to: all commits of one conversation to the same.</summary>
internal sealed class Flushers : IAsyncDisposable
{
    private readonly Flusher[] _flushers;
    private readonly MongoOptions _options;

    public Flushers(IMongoClient client, Collections collections, MongoOptions options, Blockers blockers, ILogger logger)
    {
        _options = options;
        _flushers = [.. Enumerable.Range(0, options.Flushers).Select(_ => new Flusher(client, collections, options, Arrivals, blockers, logger))];
    }

    public int QueueLength => _flushers.Sum(static flusher => flusher.QueueLength);

    /// <summary>Shards to which commits of this process left events.</summary>
    public Arrivals Arrivals { get; } = new();

    /// <summary>Hands a commit to its flusher and waits for its durability.</summary>
    /// <param name="began">When its call did: the deadline counts from then.</param>
    public async Task<CommitResult> Write(CommitJob job, long began, CancellationToken cancellationToken)
    {
        // Once it is handed over it happens: cancellation counts before.
        cancellationToken.ThrowIfCancellationRequested();
        _flushers[(uint)StringComparer.Ordinal.GetHashCode(job.HeadId) % (uint)_flushers.Length].Enqueue(job);
        try
        {
            var left = _options.Deadline - Stopwatch.GetElapsedTime(began);
            return await job.Answer.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, CancellationToken.None);
        }
        catch (TimeoutException exception)
        {
            StorageMetrics.Failed("deadline");
            throw job.TryWithdraw()
                ? new StoreUnavailableException("The store was too busy to begin this change in time.", exception)
                : new StoreOutcomeUnknownException("The store did not answer in time; the change may yet happen.", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var flusher in _flushers)
        {
            flusher.Close();
        }

        foreach (var flusher in _flushers)
        {
            await flusher.Ended;
        }

        Arrivals.Close();
    }
}
