using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;

namespace Parley.Storage.Sqlite.Reading;

/// <summary>Connections for reading. Each read has a snapshot of its own, which the writer neither waits for nor holds up.</summary>
internal sealed class ReaderPool(Func<Connection> open, SqliteOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly ConcurrentBag<Connection> _idle = [];
    private readonly SemaphoreSlim _free = new(options.Readers);
    private volatile bool _closed;

    /// <summary>Runs a read on one snapshot, off the caller's thread: a disk that hangs must not hang the caller.</summary>
    public async Task<T> Read<T>(Func<Connection, T> read, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        if (!await _free.WaitAsync(options.Deadline, cancellationToken))
        {
            StorageMetrics.Failed("read_deadline");
            throw new StoreUnavailableException("No connection for reading became free in time.");
        }

        try
        {
            return await Task.Run(() => ReadNow(read), CancellationToken.None)
                .WaitAsync(options.Left(started), time, CancellationToken.None);
        }
        catch (TimeoutException exception)
        {
            StorageMetrics.Failed("read_deadline");
            throw new StoreUnavailableException("A read did not end in time.", exception);
        }
        finally
        {
            StorageMetrics.ReadSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private T ReadNow<T>(Func<Connection, T> read)
    {
        Connection? connection = null;
        try
        {
            if (_closed)
            {
                throw new StoreUnavailableException("The store is closed.");
            }

            connection = _idle.TryTake(out var idle) ? idle : open();
            connection.Use("BEGIN").Run();
            var result = read(connection);
            connection.Use("COMMIT").Run();
            return result;
        }
        catch (SqliteException exception)
        {
            Log.ReadFailed(logger, exception);
            StorageMetrics.Failed("read_" + exception.Kind);
            connection?.Dispose();
            connection = null;
            throw new StoreUnavailableException($"The store could not read: {exception.Message}", exception);
        }
        finally
        {
            GiveBack(connection);
        }
    }

    private void GiveBack(Connection? connection)
    {
        if (connection is { IsIdle: true } && !_closed)
        {
            _idle.Add(connection);
        }
        else
        {
            // A read that threw may have left its transaction open: the connection goes.
            connection?.Dispose();
        }

        _free.Release();
    }
}
