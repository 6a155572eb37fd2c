using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Rows;
using Parley.Storage.MongoDB.Schema;

namespace Parley.Storage.MongoDB.Writing;

/// <summary>
/// Writes commits. What waits goes together in one transaction, and each caller is answered after its commit: throughput grows with load
/// while everybody waits for their own durability.
/// </summary>
/// <remarks>
/// A flush that fails is looked into: the versions are read again, the commits that are stale are answered so, those that are bad run
/// singly and fail alone, and the rest goes again as one. No row can be written twice: each transaction begins with the heads, each
/// written only where its version is the expected one.
/// </remarks>
internal sealed class Flusher
{
    private static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AbortTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Texts of a flush, in characters: nearly all are short, and only large ones ever reach it.</summary>
    private const long LargestFlush = 16 << 20;

    private readonly Channel<CommitJob> _queue = Channel.CreateUnbounded<CommitJob>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IMongoClient _client;
    private readonly Collections _collections;
    private readonly MongoOptions _options;
    private readonly Arrivals _arrivals;
    private readonly Blockers _blockers;
    private readonly ILogger _logger;
    private readonly TransactionOptions _transactionOptions;
    private IClientSessionHandle? _session;
    private long _sessionUsed;
    private int _slot = Random.Shared.Next(CountDocument.Slots);
    private int _waiting;

    public Flusher(IMongoClient client, Collections collections, MongoOptions options, Arrivals arrivals, Blockers blockers, ILogger logger)
    {
        (_client, _collections, _options, _arrivals, _blockers, _logger) = (client, collections, options, arrivals, blockers, logger);
        _transactionOptions = TransactionSettings.Of(options);
        Ended = Task.Run(Loop);
    }

    /// <summary>Ends when the flusher was closed and all that it had accepted is answered.</summary>
    public Task Ended { get; }

    public int QueueLength => Volatile.Read(ref _waiting);

    public void Enqueue(CommitJob job)
    {
        if (Interlocked.Increment(ref _waiting) > _options.QueueLimit)
        {
            Interlocked.Decrement(ref _waiting);
            StorageMetrics.Failed("queue_full");
            throw new StoreUnavailableException("Too many changes wait for the store.");
        }

        if (!_queue.Writer.TryWrite(job))
        {
            Interlocked.Decrement(ref _waiting);
            throw new StoreUnavailableException("The store is closing.");
        }

        StorageMetrics.Queue.Add(1);
    }

    public void Close() => _queue.Writer.TryComplete();

    private async Task Loop()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            var batch = TakeBatch();
            if (batch.Count == 0)
            {
                continue;
            }

            var started = Stopwatch.GetTimestamp();
            try
            {
                using var time = new FlushTime(_options.Deadline);
                await Flush(batch, time);
            }
#pragma warning disable CA1031 // Whatever happens, the flusher lives on and every caller is answered.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Unknown(batch, exception);
            }

            StorageMetrics.FlushSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
            StorageMetrics.FlushJobs.Record(batch.Count);
            StorageMetrics.FlushRows.Record(batch.Sum(static job => job.Rows));
        }

        _session?.Dispose();
    }

    private List<CommitJob> TakeBatch()
    {
        var batch = new List<CommitJob>();
        var (rows, size, taken) = (0, 0L, 0);
        while (rows < _options.RowsPerFlush && size < LargestFlush && _queue.Reader.TryRead(out var job))
        {
            taken++;
            if (job.TryStart())
            {
                batch.Add(job);
                rows += job.Rows;
                size += job.Size;
            }
        }

        Interlocked.Add(ref _waiting, -taken);
        StorageMetrics.Queue.Add(-taken);
        return batch;
    }

    private async Task Flush(List<CommitJob> jobs, FlushTime time)
    {
        var rest = jobs;
        var pause = TimeSpan.FromMilliseconds(2);
        long? blockedSince = null;
        while (rest.Count > 0)
        {
            IReadOnlyCollection<CommitJob> suspects;
            try
            {
                await RunTransaction(rest, time);
                Done(rest);
                return;
            }
            catch (CommitTroubleException trouble) when (rest.Count == 1)
            {
                Refuse(rest[0], trouble);
                return;
            }
            catch (CommitTroubleException trouble)
            {
                suspects = trouble.Suspects;
            }
            catch (UnknownCommitException exception)
            {
                Unknown(rest, exception.InnerException!);
                return;
            }
            catch (MongoException exception)
                when ((Failures.IsTransient(exception) || Failures.IsInterrupted(exception)) && !time.WritingIsOver)
            {
                // An interrupted commit does not come here: it is looked after.
                suspects = [];
                if (Failures.IsConflict(exception))
                {
                    StorageMetrics.Failed("conflict");

                    // Another flusher may have the same slot.
                    _slot = Random.Shared.Next(CountDocument.Slots);
                    blockedSince ??= Stopwatch.GetTimestamp();
                    if (Stopwatch.GetElapsedTime(blockedSince.Value) >= Blockers.EndAfter)
                    {
                        await _blockers.End(time.Writing);
                    }
                }

                // Half of it by chance, so that two who are in each other's way part.
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()));
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (Exception exception) when (Failures.IsOfStore(exception, CancellationToken.None))
            {
                // No transaction was told to commit: nothing happened.
                Unavailable(rest, exception);
                return;
            }
            catch (Exception exception) when (rest.Count > 1)
            {
                // One that cannot even be written down: each is tried alone.
                Log.FlushFailed(_logger, exception, rest.Count);
                suspects = rest;
            }
            catch (Exception exception)
            {
                // It can never be written, however often it is tried: its caller puts aside what is to blame.
                Log.FlushFailed(_logger, exception, rest.Count);
                Refuse(rest[0], new CommitResult(CommitOutcome.Refused, ExternalId: rest[0].FindTooLarge()));
                return;
            }

            rest = await Part(rest, suspects, time);
        }
    }

    /// <summary>Answers those whose version has moved on, and runs the suspects among the others one by one.</summary>
    /// <returns>The rest.</returns>
    private async Task<List<CommitJob>> Part(List<CommitJob> jobs, IReadOnlyCollection<CommitJob> suspects, FlushTime time)
    {
        Dictionary<CommitJob, long> versions;
        try
        {
            versions = await ReadVersions(jobs, time.Writing);
        }
        catch (Exception exception) when (Failures.IsOfStore(exception, CancellationToken.None))
        {
            Unavailable(jobs, exception);
            return [];
        }

        var rest = new List<CommitJob>(jobs.Count);
        var alone = new List<CommitJob>();
        foreach (var job in jobs)
        {
            if (versions[job] != job.Version - 1 && !IsInOrder(job, jobs))
            {
                Refuse(job, CommitResult.Stale);
            }
            else
            {
                // Of two that make the same version only one can be in a transaction.
                (suspects.Contains(job) || rest.Exists(other => MakesSame(other, job)) ? alone : rest).Add(job);
            }
        }

        foreach (var job in alone)
        {
            await Flush([job], time);
        }

        return rest;
    }

    private static bool MakesSame(CommitJob one, CommitJob other) =>
        one.Version == other.Version && one.IsSession == other.IsSession && one.HeadId == other.HeadId;

    /// <summary>Whether the commit before it goes in the same flush.</summary>
    private static bool IsInOrder(CommitJob job, List<CommitJob> jobs) =>
        jobs.Exists(other => other.IsSession == job.IsSession && other.HeadId == job.HeadId && other.Version == job.Version - 1);

    private async Task RunTransaction(List<CommitJob> jobs, FlushTime time)
    {
        var session = await Session(time.Writing);
        session.StartTransaction(_transactionOptions);
        try
        {
            await new FlushTransaction(_collections, session, _slot, jobs, time.Writing).Write();
        }
        catch (Exception exception)
        {
            await Abort(session, exception);
            throw;
        }

        await Commit(session, jobs, time);
    }

    /// <summary>One session for all transactions: beginning the next one ends a last one that could not be aborted.</summary>
    private async Task<IClientSessionHandle> Session(CancellationToken cancellationToken)
    {
        // A server forgets a session that was not used for half an hour.
        if (_session is null || Stopwatch.GetElapsedTime(_sessionUsed) > LongestIdle)
        {
            _session?.Dispose();
            _session = await _client.StartSessionAsync(cancellationToken: cancellationToken);
        }

        _sessionUsed = Stopwatch.GetTimestamp();
        return _session;
    }

    private static async Task Abort(IClientSessionHandle session, Exception failure)
    {
        // Where the connection broke, there is none to abort by so soon. It never commits in any case: the next transaction of the session
        // ends it, or whom it is in the way of, or the server by itself.
        using var timeout = new CancellationTokenSource(failure is MongoConnectionException ? TimeSpan.Zero : AbortTime);
        try
        {
            await session.AbortTransactionAsync(timeout.Token);
        }
        catch (Exception exception) when (Failures.IsOfStore(exception, CancellationToken.None))
        {
            StorageMetrics.Failed("abort");
        }
    }

    private async Task Commit(IClientSessionHandle session, List<CommitJob> jobs, FlushTime time)
    {
        while (true)
        {
            try
            {
                await session.CommitTransactionAsync(time.Committing);
                return;
            }
            catch (MongoException exception) when (Failures.IsUnknownCommit(exception) && !time.CommittingIsOver)
            {
                // The driver has asked twice. To ask again is safe, since the server knows the transaction by its number; but it may not
                // be the server that is in trouble.
                StorageMetrics.Failed("commit_repeated");
                if (await IsCommitted(jobs, time))
                {
                    return;
                }
            }
            catch (MongoException exception) when (Failures.IsTransient(exception))
            {
                throw;
            }
            catch (Exception exception)
            {
                if (await IsCommitted(jobs, time))
                {
                    return;
                }

                throw new UnknownCommitException(exception);
            }
        }
    }

    /// <summary>Looks at the heads for what becomes of a transaction: each version is made once, so one head that carries its commit's token
    /// tells that all of it happened, and one that carries another's that nothing of it ever will.</summary>
    /// <returns>False when they cannot tell.</returns>
    /// <exception cref="CommitTroubleException">It will never happen.</exception>
    private async Task<bool> IsCommitted(List<CommitJob> jobs, FlushTime time)
    {
        try
        {
            var heads = await ReadHeads(jobs, time.Looking);
            foreach (var job in jobs)
            {
                if (heads.TryGetValue((job.IsSession, job.HeadId), out var head) && head.Int64(Field.Version) == job.Version)
                {
                    return head.Int64(Field.Token) == job.Token ? true : throw new CommitTroubleException([], CommitResult.Stale);
                }
            }
        }
        catch (Exception exception) when (Failures.IsOfStore(exception, CancellationToken.None))
        {
            // The store cannot be asked, not even this.
        }

        return false;
    }

    private async Task<Dictionary<CommitJob, long>> ReadVersions(List<CommitJob> jobs, CancellationToken cancellationToken)
    {
        var heads = await ReadHeads(jobs, cancellationToken);
        return jobs.ToDictionary(
            static job => job, job => heads.TryGetValue((job.IsSession, job.HeadId), out var head) ? head.Int64(Field.Version) : 0);
    }

    private async Task<Dictionary<(bool IsSession, string Id), BsonDocument>> ReadHeads(List<CommitJob> jobs, CancellationToken cancellationToken)
    {
        var heads = new Dictionary<(bool, string), BsonDocument>();
        foreach (var kind in jobs.GroupBy(static job => job.IsSession))
        {
            var collection = kind.Key ? _collections.Sessions : _collections.Conversations;
            var found = await collection
                .Find(new BsonDocument(Field.Id, new BsonDocument("$in", new BsonArray(kind.Select(static job => job.HeadId)))))
                .Project(new BsonDocument { { Field.Version, 1 }, { Field.Token, 1 } })
                .ToListAsync(cancellationToken);
            foreach (var head in found)
            {
                heads[(kind.Key, head.Text(Field.Id))] = head;
            }
        }

        return heads;
    }

    private void Done(List<CommitJob> jobs)
    {
        foreach (var job in jobs)
        {
            Answer(job, CommitResult.Done);
        }
    }

    private void Answer(CommitJob job, CommitResult result)
    {
        if (result.Outcome == CommitOutcome.Done && job.Outbox is not null)
        {
            _arrivals.Tell(ShardOf.Tenant(job.TenantId));
        }

        job.Complete(result);
    }

    private void Refuse(CommitJob job, CommitTroubleException trouble) => Refuse(job, trouble.Answer);

    private void Refuse(CommitJob job, CommitResult result)
    {
        StorageMetrics.Failed("refused");
        if (result.Outcome == CommitOutcome.Refused)
        {
            Log.CommitRefused(_logger, result.Outcome.ToString());
        }

        job.Complete(result);
    }

    private void Unavailable(List<CommitJob> jobs, Exception exception)
    {
        Log.FlushFailed(_logger, exception, jobs.Count);
        StorageMetrics.Failed(Failures.Kind(exception), jobs.Count);
        var failure = new StoreUnavailableException($"The store could not write: {exception.Message}", exception);
        jobs.ForEach(job => job.Fail(failure));
    }

    private void Unknown(List<CommitJob> jobs, Exception exception)
    {
        if (jobs.Count == 0)
        {
            return;
        }

        Log.OutcomeUnknown(_logger, exception, jobs.Count);
        StorageMetrics.Failed("unknown", jobs.Count);
        var failure = new StoreOutcomeUnknownException("The store cannot tell whether the change happened.", exception);
        jobs.ForEach(job => job.Fail(failure));
    }
}
