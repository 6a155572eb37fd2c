using System.Globalization;
using System.Text;
using SQLitePCL;

namespace Parley.Storage.Sqlite.Engine;

/// <summary>One connection to the file, for one thread at a time, with its prepared statements.</summary>
/// <remarks>Made on SQLite's own interface: ADO.NET costs an object per value and hides when a statement lets go of its
/// snapshot.</remarks>
internal sealed class Connection : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    static Connection() => Batteries_V2.Init();

    private Connection(sqlite3 handle) => _handle = handle;

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>False while a transaction is open.</summary>
    public bool IsIdle => raw.sqlite3_get_autocommit(_handle) != 0;

    public static Connection Open(string path, bool readOnly, TimeSpan busyTimeout)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX
            | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            handle?.Dispose();
            throw new SqliteException(code, raw.sqlite3_errstr(code).utf8_to_string());
        }

        _ = raw.sqlite3_extended_result_codes(handle, 1);
        _ = raw.sqlite3_busy_timeout(handle, (int)busyTimeout.TotalMilliseconds);
        return new Connection(handle);
    }

    /// <summary>The prepared statement of a text; to be disposed after use, which keeps it prepared.</summary>
    public Statement Use(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var code = raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle);
            if (code != raw.SQLITE_OK)
            {
                throw Error(code);
            }

            statement = new Statement(this, handle);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>Runs statements that are used once, such as those of a migration.</summary>
    public void Execute(string sql)
    {
        var rest = Encoding.UTF8.GetBytes(sql).AsSpan();
        while (!rest.IsEmpty)
        {
            var code = raw.sqlite3_prepare_v3(_handle, rest, 0, out var handle, out var tail);
            if (code != raw.SQLITE_OK)
            {
                throw Error(code);
            }

            rest = rest[^tail.Length..];
            if (handle.IsInvalid)
            {
                continue;
            }

            var statement = new Statement(this, handle);
            try
            {
                while (statement.Step())
                {
                }
            }
            finally
            {
                statement.Close();
            }
        }
    }

    /// <summary>The first value of a statement, as a number.</summary>
    public long Scalar(string sql)
    {
        using var statement = Use(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    public void SetVersion(int version) => Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}"));

    public SqliteException Error(int code) =>
        new(raw.sqlite3_extended_errcode(_handle) is var extended and not 0 ? extended : code, raw.sqlite3_errmsg(_handle).utf8_to_string());

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _statements.Clear();
        _handle.Dispose();
    }
}
