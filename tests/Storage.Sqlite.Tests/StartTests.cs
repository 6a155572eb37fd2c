using Microsoft.Extensions.Logging.Abstractions;
using Parley.Ports;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Schema;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>What stands in the way of a start is told so that a person can act on it.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TempData _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_file_that_another_program_has_locked_is_told()
    {
        Open().Dispose();
        using var other = Connection.Open(_data.Database, readOnly: false, TimeSpan.Zero);
        other.Execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE x (y);");

        Assert.Contains("locked by another program", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_told()
    {
        File.WriteAllText(_data.Database, new string('x', 10_000));
        Assert.Contains("damaged or is no database", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_told()
    {
        Open().Dispose();
        using (var file = File.OpenWrite(_data.Database))
        {
            // The page that lists the tables, after the file's header.
            file.Seek(100, SeekOrigin.Begin);
            file.Write(Enumerable.Repeat((byte)0xee, 3_000).ToArray());
        }

        Assert.Contains("damaged or is no database", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_newer_program_is_told()
    {
        Open().Dispose();
        using (var connection = Connection.Open(_data.Database, readOnly: false, TimeSpan.Zero))
        {
            connection.SetVersion(Migrations.Steps.Count + 1);
        }

        Assert.Contains("newer program", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_cannot_be_a_directory_is_told()
    {
        File.WriteAllText(Path.Combine(_data.Path, "file"), "");
        var options = _data.Options with { DataDirectory = Path.Combine(_data.Path, "file") };
        Assert.Throws<StorageStartException>(() => SqliteDatabase.Open(options, TimeProvider.System, NullLogger<SqliteDatabase>.Instance));
    }

    [Fact]
    public void A_path_that_is_a_directory_is_told()
    {
        Directory.CreateDirectory(_data.Database);
        Assert.Contains("cannot be opened for writing", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_from_version_1_goes_through_the_steps_after_it_and_keeps_its_rows()
    {
        using var connection = Connection.Open(_data.Database, readOnly: false, TimeSpan.Zero);
        Migrations.Apply(connection, [.. Migrations.Steps.Take(1)]);
        connection.Execute("INSERT INTO tenant_key (tenant) VALUES ('acme')");

        Migrations.Apply(
            connection,
            [Migrations.Steps[0], "ALTER TABLE tenant_key ADD COLUMN more INTEGER; CREATE TABLE more (x);", "UPDATE tenant_key SET more = 5"]);

        Assert.Equal(3, connection.Scalar("PRAGMA user_version"));
        Assert.Equal(5, connection.Scalar("SELECT more FROM tenant_key WHERE tenant = 'acme'"));
        Migrations.Apply(connection, ["x", "y", "z"]);
    }

    [Fact]
    public void A_step_that_fails_leaves_nothing()
    {
        using var connection = Connection.Open(_data.Database, readOnly: false, TimeSpan.Zero);
        Assert.Throws<SqliteException>(() => Migrations.Apply(connection, ["CREATE TABLE one (x)", "CREATE TABLE two (x); SELECT nothing"]));

        Assert.Equal(1, connection.Scalar("PRAGMA user_version"));
        Assert.Equal(0, connection.Scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'two'"));
        Assert.True(connection.IsIdle);
    }

    [Fact]
    public async Task The_file_is_set_up_for_durability()
    {
        using var database = Open();
        using var connection = Connection.Open(_data.Database, readOnly: true, TimeSpan.Zero);
        using var mode = connection.Use("PRAGMA journal_mode");
        mode.Step();
        Assert.Equal("wal", mode.Text(0));
        Assert.Equal(2, await database.Write(1, transaction => transaction.Connection.Scalar("PRAGMA synchronous"), Token));
    }

    private SqliteDatabase Open() =>
        SqliteDatabase.Open(_data.Options with { BusyTimeout = TimeSpan.Zero }, TimeProvider.System, NullLogger<SqliteDatabase>.Instance);

    private string Refusal() => Assert.Throws<StorageStartException>(() => Open().Dispose()).Message;
}
