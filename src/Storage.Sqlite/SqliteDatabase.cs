using Microsoft.Extensions.Logging;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Reading;
using Parley.Storage.Sqlite.Schema;
using Parley.Storage.Sqlite.Writing;
using SQLitePCL;

namespace Parley.Storage.Sqlite;

/// <summary>The file: its one writer and its readers.</summary>
public sealed class SqliteDatabase : IDisposable
{
    private readonly Writer _writer;
    private readonly ReaderPool _readers;
    private readonly ShortReads _shortReads;

    private SqliteDatabase(SqliteOptions options, Connection connection, TimeProvider time, ILogger logger)
    {
        Options = options;
        Unreadable = new UnreadableRows((what, row, reason) => Log.RowPassedOver(logger, what, row, reason));
        _writer = new Writer(connection, () => OpenWriter(options), Tenants, options, time, logger);
        _readers = new ReaderPool(() => OpenReader(options), options, time, logger);
        _shortReads = new ShortReads(() => OpenReader(options), options, time, logger);
    }

    /// <summary>Jobs that wait for the writer: what admission goes by.</summary>
    public int QueueLength => _writer.QueueLength;

    internal SqliteOptions Options { get; }

    internal Writer Writer => _writer;

    internal TenantKeys Tenants { get; } = new();

    internal UnreadableRows Unreadable { get; }

    /// <summary>Opens the file, makes it when it is missing, and brings it to this program's schema.</summary>
    /// <exception cref="StorageStartException">It cannot be used; the message says why.</exception>
    public static SqliteDatabase Open(SqliteOptions options, TimeProvider time, ILogger<SqliteDatabase> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            Directory.CreateDirectory(options.DataDirectory);
            var connection = OpenWriter(options);
            try
            {
                Migrations.Apply(connection, Migrations.Steps);
                Log.Opened(logger, options.DatabasePath, connection.Scalar("PRAGMA user_version"));
                return new SqliteDatabase(options, connection, time, logger);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (SqliteException exception)
        {
            throw new StorageStartException(Explain(exception, options.DatabasePath), exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageStartException(
                $"The data directory '{options.DataDirectory}' cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>Ends it after all that was accepted is durable.</summary>
    public void Dispose()
    {
        // The readers go first: the last connection that closes folds the log into the file.
        _readers.Dispose();
        _shortReads.Dispose();
        _writer.Dispose();
    }

    internal Task<T> Read<T>(Func<Connection, T> read, CancellationToken cancellationToken) =>
        _readers.Read(read, cancellationToken);

    /// <summary>Reads what a tenant has.</summary>
    internal Task<T> Read<T>(string tenantId, Func<Connection, long, T> read, CancellationToken cancellationToken) =>
        _readers.Read(connection => read(connection, Tenants.Read(connection, tenantId)), cancellationToken);

    /// <summary>Reads a few rows of a tenant by their keys. What may take longer goes by <see cref="Read{T}(string, Func{Connection, long, T},
    /// CancellationToken)"/>, or it holds up every message.</summary>
    internal Task<T> ReadShort<T>(string tenantId, Func<Connection, long, T> read, CancellationToken cancellationToken) =>
        _shortReads.Read(connection => read(connection, Tenants.Read(connection, tenantId)), cancellationToken);

    internal Task<T> ReadShort<T>(Func<Connection, T> read, CancellationToken cancellationToken) => _shortReads.Read(read, cancellationToken);

    /// <param name="began">When the call did, if it has read before: the deadline counts from then.</param>
    internal Task<T> Write<T>(int rows, Func<WriteTransaction, T> work, CancellationToken cancellationToken, long? began = null)
        where T : notnull => _writer.Write(new WriteJob<T>(rows, work), cancellationToken, began);

    internal Task Write(int rows, Action<WriteTransaction> work, CancellationToken cancellationToken, long? began = null) =>
        Write(
            rows,
            transaction =>
            {
                work(transaction);
                return true;
            },
            cancellationToken,
            began);

    /// <summary>Repeats a job that does at most <paramref name="rows"/> rows until it does fewer, so that no transaction gets long.</summary>
    internal async Task<int> WriteInBatches(int rows, Func<WriteTransaction, int> work, CancellationToken cancellationToken)
    {
        var total = 0;
        while (true)
        {
            var done = await Write(rows, work, cancellationToken);
            total += done;
            if (done < rows)
            {
                return total;
            }
        }
    }

    private static Connection OpenWriter(SqliteOptions options)
    {
        var connection = Connection.Open(options.DatabasePath, readOnly: false, options.BusyTimeout);
        try
        {
            connection.Execute(Pragmas.Writer);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static Connection OpenReader(SqliteOptions options)
    {
        var connection = Connection.Open(options.DatabasePath, readOnly: true, options.BusyTimeout);
        try
        {
            connection.Execute(Pragmas.Reader);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string Explain(SqliteException exception, string path) => exception.Code switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
            $"The database '{path}' is locked by another program. Close it (another Parley, or a tool that has the file open) and start again.",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
            $"The file '{path}' is damaged or is no database. Move it aside and restore a backup, or start with an empty data directory.",
        raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_READONLY =>
            $"The database '{path}' cannot be opened for writing. Check that the path is a file in a directory that this user may write to.",
        raw.SQLITE_FULL =>
            $"There is no room for the database '{path}'. Free some disk space and start again.",
        _ => $"The database '{path}' cannot be opened: {exception.Message}",
    };
}
