using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>Runs the short reads by key that every message needs, those that wait together on one snapshot.</summary>
/// <remarks>Each snapshot costs a reader its page cache, because the writer has moved on since the last one: taken one by one, that cost
/// more than the reads. A read's snapshot is taken after it was asked for, so it sees every commit that was answered before.</remarks>
internal sealed class ShortReads : IDisposable
{
    /// <summary>So that a snapshot does not get old while the writer's log grows.</summary>
    private const int MostTogether = 256;

    private readonly Func<Connection> _open;
    private readonly SqliteOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Queue<Job> _waiting = new();
    private readonly List<Job> _batch = [];
    private readonly Thread _thread;
    private Connection? _connection;
    private bool _closed;

    public ShortReads(Func<Connection> open, SqliteOptions options, TimeProvider time, ILogger logger)
    {
        (_open, _options, _time, _logger) = (open, options, time, logger);
        _thread = new Thread(Loop) { IsBackground = true, Name = "Parley short reads" };
        _thread.Start();
    }

    public async Task<T> Read<T>(Func<Connection, T> read, CancellationToken cancellationToken)
    {
        var job = new Job<T>(read);
        lock (_waiting)
        {
            if (_closed)
            {
                throw new StoreUnavailableException("The store is closed.");
            }

            _waiting.Enqueue(job);
            Monitor.Pulse(_waiting);
        }

        try
        {
            return await job.Result.WaitAsync(_options.Deadline, _time, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            StorageMetrics.Failed("read_deadline");
            throw new StoreUnavailableException("A read did not end in time.", exception);
        }
    }

    public void Dispose()
    {
        lock (_waiting)
        {
            _closed = true;
            Monitor.Pulse(_waiting);
        }

        // A disk that hangs may keep the thread for ever: it is in the background.
        _thread.Join(_options.Deadline);
    }

    private void Loop()
    {
        while (TakeBatch())
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                _connection ??= _open();
                _connection.Use("BEGIN").Run();
                _batch.ForEach(job => job.Run(_connection));
                _connection.Use("COMMIT").Run();
                StorageMetrics.ReadSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
#pragma warning disable CA1031 // Whatever happens, the thread lives on and every caller is answered.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Fail(exception);
            }
        }

        _connection?.Dispose();
    }

    private bool TakeBatch()
    {
        _batch.Clear();
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_waiting);
            }

            while (_batch.Count < MostTogether && _waiting.TryDequeue(out var job))
            {
                _batch.Add(job);
            }
        }

        return true;
    }

    /// <summary>A connection that failed may have an open transaction: it goes, and whoever has no answer yet may ask again.</summary>
    private void Fail(Exception exception)
    {
        Log.ReadFailed(_logger, exception);
        StorageMetrics.Failed("read_" + ((exception as SqliteException)?.Kind ?? "other"));
        var failure = new StoreUnavailableException($"The store could not read: {exception.Message}", exception);
        _batch.ForEach(job => job.Fail(failure));
        _connection?.Dispose();
        _connection = null;
    }

    private abstract class Job
    {
        public abstract void Run(Connection connection);

        public abstract void Fail(Exception failure);
    }

    private sealed class Job<T>(Func<Connection, T> read) : Job
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _result.Task;

        /// <summary>Only what SQLite says concerns the others of the snapshot; a read's own fault (a damaged row) is its caller's.</summary>
        public override void Run(Connection connection)
        {
            try
            {
                _result.TrySetResult(read(connection));
            }
            catch (Exception exception) when (exception is not SqliteException)
            {
                _result.TrySetException(exception);
            }
        }

        public override void Fail(Exception failure) => _result.TrySetException(failure);
    }
}
