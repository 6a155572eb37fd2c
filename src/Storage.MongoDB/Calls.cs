using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using Parley.Ports;
using Parley.Storage.MongoDB.Writing;

namespace Parley.Storage.MongoDB;

/// <summary>Runs what is no commit: each call ends by the deadline, and says in the ports' words how it failed.</summary>
internal sealed class Calls(IMongoClient client, MongoOptions options, ILogger logger)
{
    private static readonly ClientSessionOptions OneSnapshot = new() { Snapshot = true };
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

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
    public async Task<T> Write<T>(Func<CancellationToken, Task<T>> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var deadline = new CancellationTokenSource(options.Deadline);
        try
        {
            return await write(deadline.Token);
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

    /// <summary>Writes in one transaction, which is run again while others are in its way.</summary>
    public Task<T> Transact<T>(Func<IClientSessionHandle, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => Write(
        async token =>
        {
            using var session = await client.StartSessionAsync(cancellationToken: token);
            return await session.WithTransactionAsync(work, TransactionSettings.Of(options), token);
        },
        cancellationToken);
}
