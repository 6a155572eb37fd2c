using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Runs what is no commit: each call ends by the deadline, and says in the ports' words how it failed.</summary>
internal sealed class Calls(IMongoClient client, MongoOptions options, Blockers blockers, ILogger logger)
{
    private static readonly ClientSessionOptions OneSnapshot = new() { Snapshot = true };
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads by one query, or by several that need no common moment.</summary>
    public async Task<T> Read<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Deadline);
        try
        {
            while (true)
            {
                try
                {
                    return await read(deadline.Token);
                }
                catch (MongoException exception) when (Failures.IsOfSnapshot(exception))
                {
                    // The snapshot was older than a collection or index that was just made.
                    await Task.Delay(Pause, deadline.Token);
                }
            }
        }
        catch (Exception exception) when (Failures.IsOfStore(exception, cancellationToken))
        {
            if (exception is not OperationCanceledException)
            {
                Log.ReadFailed(logger, exception);
            }

            StorageMetrics.Failed(exception is OperationCanceledException ? "read_deadline" : "read_" + Failures.Kind(exception));
            throw new StoreUnavailableException($"The store could not read: {exception.Message}", exception);
        }
        finally
        {
            StorageMetrics.ReadSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    /// <summary>Reads by several queries of one moment.</summary>
    public Task<T> ReadSnapshot<T>(Func<IClientSessionHandle, CancellationToken, Task<T>> read, CancellationToken cancellationToken) => Read(
        async token =>
        {
            using var session = await client.StartSessionAsync(OneSnapshot, token);
            return await read(session, token);
        },
        cancellationToken);

    /// <summary>Writes outside of commits. What is sent happens whatever becomes of the caller.</summary>
    /// <remarks>The server lets a write wait for the open transaction of the same row, also of a process that is gone.</remarks>
    public async Task<T> Write<T>(Func<CancellationToken, Task<T>> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var deadline = new CancellationTokenSource(options.Deadline);
        try
        {
            var writing = write(deadline.Token);
            while (!writing.IsCompleted)
            {
                await ((Task)writing).WaitAsync(Blockers.EndAfter, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!writing.IsCompleted && !deadline.IsCancellationRequested)
                {
                    await blockers.End(deadline.Token);
                }
            }

            return await writing;
        }
        catch (Exception exception) when (Failures.IsOfStore(exception, CancellationToken.None))
        {
            Log.WriteFailed(logger, exception);
            StorageMetrics.Failed("write_" + Failures.Kind(exception));
            throw Failures.WasNeverSent(exception)
                ? new StoreUnavailableException($"The store cannot be reached: {exception.Message}", exception)
                : new StoreOutcomeUnknownException($"The store cannot tell whether the change happened: {exception.Message}", exception);
        }
    }

    public Task Write(Func<CancellationToken, Task> write, CancellationToken cancellationToken) => Write(
        async token =>
        {
            await write(token);
            return true;
        },
        cancellationToken);

    /// <summary>Waits for what is read for several at once, until the deadline: it may have waited for its turn.</summary>
    public async Task<T> WaitToRead<T>(Task<T> answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(options.Deadline, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            StorageMetrics.Failed("read_deadline");
            throw new StoreUnavailableException("The store did not answer in time.", exception);
        }
    }

    /// <summary>Waits for what is written for several at once, until the deadline: it may have waited for its turn.</summary>
    /// <param name="began">When the call did, if it has read before: the deadline counts from then.</param>
    public async Task<T> WaitToWrite<T>(Task<T> answer, CancellationToken cancellationToken, long? began = null)
    {
        try
        {
            var left = options.Deadline - (began is { } start ? Stopwatch.GetElapsedTime(start) : TimeSpan.Zero);
            return await answer.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            StorageMetrics.Failed("write_deadline");
            throw new StoreOutcomeUnknownException("The store did not write in time.", exception);
        }
    }

    /// <summary>Writes in one transaction, which is run again while others are in its way.</summary>
    public Task<T> Transact<T>(Func<IClientSessionHandle, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => Write(
        async token =>
        {
            using var session = await client.StartSessionAsync(cancellationToken: token);
            var pause = TimeSpan.Zero;
            var isTold = false;
            try
            {
                return await session.WithTransactionAsync(
                    async (transaction, withdrawn) =>
                    {
                        isTold = false;
                        if (pause > TimeSpan.Zero)
                        {
                            // Half of it by chance, so that two who are in each other's way part.
                            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), withdrawn);
                        }

                        pause = pause + Pause < LongestPause ? pause + Pause : LongestPause;
                        var answer = await work(transaction, withdrawn);
                        isTold = true;
                        return answer;
                    },
                    TransactionSettings.Of(options),
                    token);
            }
            catch (Exception exception) when (isTold && Failures.WasNeverSent(exception))
            {
                // The driver tells a server to commit more than once: it is the last time that never reached one.
                throw new UnknownCommitException(exception);
            }
        },
        cancellationToken);
}
