using SQLitePCL;

namespace Parley.Crash.Tests;

/// <summary>Another program that holds the database: its writers wait, or everybody.</summary>
internal sealed class WriteLock : IDisposable
{
    private readonly sqlite3 _database;

    static WriteLock() => Batteries_V2.Init();

    private WriteLock(sqlite3 database) => _database = database;

    /// <summary>Keeps others from writing.</summary>
    public static WriteLock Take(string dataDirectory) => Take(dataDirectory, "BEGIN IMMEDIATE");

    /// <summary>Keeps others from reading too.</summary>
    public static WriteLock TakeAll(string dataDirectory) =>
        Take(dataDirectory, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS other_program (x)");

    public void Dispose()
    {
        _ = raw.sqlite3_exec(_database, "ROLLBACK");
        _database.Dispose();
    }

    private static WriteLock Take(string dataDirectory, string sql)
    {
        var path = Path.Combine(dataDirectory, "parley.db");
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(path, out var database));
        _ = raw.sqlite3_busy_timeout(database, 10_000);
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, sql));
        return new WriteLock(database);
    }
}
