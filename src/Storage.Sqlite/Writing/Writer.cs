using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>
/// The one thread that writes. What waits goes together in one transaction, and each caller is answered after its COMMIT:
/// throughput grows with load while everybody waits for their own durability.
/// </summary>
internal sealed class Writer : IDisposable
{
    private readonly Queue<WriteJob> _queue = new();
    private readonly List<WriteJob> _batch = [];
    private readonly WriteTransaction _transaction;
    private readonly Func<Connection> _open;
    private readonly SqliteOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private Connection? _connection;
    private bool _closing;

    public Writer(
        Connection connection, Func<Connection> open, TenantKeys tenants, SqliteOptions options, TimeProvider time, ILogger logger)
    {
        _connection = connection;
        _open = open;
        _options = options;
        _time = time;
        _logger = logger;
        _transaction = new WriteTransaction(tenants, time);
        _thread = new Thread(Loop) { Name = "Parley store writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Jobs that wait.</summary>
    public int QueueLength
    {
        get
        {
            lock (_queue)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Tells when events are in the log.</summary>
    internal News News { get; } = new();

    /// <summary>Makes COMMIT fail, to try what follows.</summary>
    internal Action? CommitFault { get; set; }

    /// <summary>Hands a job to the writer and waits for its durability.</summary>
    /// <param name="began">When its call did, if it has read before: the deadline counts from then.</param>
    public async Task<T> Write<T>(WriteJob<T> job, CancellationToken cancellationToken, long? began = null)
        where T : notnull
    {
        // Once it is handed over it happens: cancellation counts before.
        cancellationToken.ThrowIfCancellationRequested();
        Enqueue(job);
        try
        {
            return await job.Answer.WaitAsync(began is { } start ? _options.Left(start) : _options.Deadline, _time, CancellationToken.None);
        }
        catch (TimeoutException exception)
        {
            StorageMetrics.Failed("deadline");
            throw job.TryWithdraw()
                ? new StoreUnavailableException("The store was too busy to begin this change in time.", exception)
                : new StoreOutcomeUnknownException("The store did not answer in time; the change may yet happen.", exception);
        }
    }

    public void Dispose()
    {
        lock (_queue)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
            Monitor.Pulse(_queue);
        }

        _thread.Join();
        _connection?.Dispose();
    }

    private void Enqueue(WriteJob job)
    {
        lock (_queue)
        {
            if (_closing)
            {
                throw new StoreUnavailableException("The store is closing.");
            }

            if (_queue.Count >= _options.QueueLimit)
            {
                StorageMetrics.Failed("queue_full");
                throw new StoreUnavailableException("Too many changes wait for the store.");
            }

            _queue.Enqueue(job);
            Monitor.Pulse(_queue);
        }

        StorageMetrics.Queue.Add(1);
    }

    private void Loop()
    {
        while (TakeBatch())
        {
            try
            {
                Flush();
            }
#pragma warning disable CA1031 // Whatever happens, the thread lives on and every caller is answered.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                GiveUp(exception, unknown: true);
            }
        }
    }

    /// <summary>Waits for work.</summary>
    /// <returns>False when the store is closing and all that was accepted is done.</returns>
    private bool TakeBatch()
    {
        _batch.Clear();
        var taken = 0;
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_closing)
                {
                    return false;
                }

                Monitor.Wait(_queue);
            }

            var rows = 0;
            while (rows < _options.RowsPerFlush && _queue.TryDequeue(out var job))
            {
                taken++;
                if (job.TryStart())
                {
                    _batch.Add(job);
                    rows += job.Rows;
                }
            }
        }

        StorageMetrics.Queue.Add(-taken);
        return true;
    }

    private void Flush()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        var started = Stopwatch.GetTimestamp();
        if (!TryConnect() || !(TryRun(isolated: false) ?? TryRun(isolated: true) ?? false))
        {
            return;
        }

        StorageMetrics.FlushSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        StorageMetrics.FlushJobs.Record(_batch.Count);
        StorageMetrics.FlushRows.Record(_batch.Sum(job => job.Rows));
        foreach (var job in _batch)
        {
            job.Complete();
        }
    }

    private bool TryConnect()
    {
        try
        {
            _connection ??= _open();
            return true;
        }
        catch (Exception exception) when (exception is SqliteException or StorageStartException)
        {
            Log.ReopenFailed(_logger, exception);
            Fail(new StoreUnavailableException("The store's file cannot be opened.", exception), "open");
            return false;
        }
    }

    /// <summary>
    /// Runs the batch in one transaction. Savepoints cost something with every job, and a job that throws is a rare alarm:
    /// so the first run goes without, and only after one has thrown all are run again, each one undone alone if it throws.
    /// </summary>
    /// <returns>True when it is durable, false when everybody was told that it failed, null when it must run isolated.</returns>
    private bool? TryRun(bool isolated)
    {
        try
        {
            _transaction.Begin(_connection!);
            foreach (var job in _batch)
            {
                if (!isolated)
                {
                    job.Run(_transaction);
                }
                else
                {
                    RunAlone(job);
                }
            }

            _transaction.SaveCounts();
        }
        catch (Exception exception) when (!isolated && exception is not SqliteException { IsOfStatement: false })
        {
            RollBack();
            return null;
        }
        catch (SqliteException exception)
        {
            GiveUp(exception, unknown: false);
            return false;
        }

        try
        {
            CommitFault?.Invoke();
            _connection!.Use("COMMIT").Run();
        }
        catch (SqliteException exception)
        {
            GiveUp(exception, unknown: !exception.MeansNotCommitted);
            return false;
        }

        if (_transaction.Done())
        {
            News.Tell();
        }

        return true;
    }

    private void RunAlone(WriteJob job)
    {
        _transaction.BeginPart();
        try
        {
            job.Run(_transaction);
            _transaction.EndPart();
        }
        catch (Exception exception) when (exception is not SqliteException { IsOfStatement: false })
        {
            _transaction.UndoPart();
            Log.JobRefused(_logger, exception);
            StorageMetrics.Failed("refused");
            job.Refuse(exception);
        }
    }

    private void GiveUp(Exception exception, bool unknown)
    {
        RollBack();
        if (unknown)
        {
            Log.OutcomeUnknown(_logger, exception, _batch.Count);
            Reopen();
            Fail(new StoreOutcomeUnknownException("The store cannot tell whether the change happened.", exception), "unknown");
        }
        else
        {
            Log.FlushFailed(_logger, exception, _batch.Count);
            Fail(
                new StoreUnavailableException($"The store could not write: {exception.Message}", exception),
                (exception as SqliteException)?.Kind ?? "other");
        }
    }

    private void RollBack()
    {
        _transaction.Forget();
        try
        {
            // SQLite rolls some failures back by itself.
            if (_connection is { IsIdle: false })
            {
                _connection.Use("ROLLBACK").Run();
            }
        }
        catch (SqliteException exception)
        {
            Log.FlushFailed(_logger, exception, _batch.Count);
            Reopen();
        }
    }

    private void Reopen()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private void Fail(StoreException exception, string kind)
    {
        StorageMetrics.Failed(kind, _batch.Count);
        foreach (var job in _batch)
        {
            job.Fail(exception);
        }
    }
}
