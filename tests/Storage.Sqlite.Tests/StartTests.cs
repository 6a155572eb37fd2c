using Microsoft.Extensions.Logging.Abstractions;
using Parley.Domain.Conversations;
using Parley.Domain.Events;
using Parley.Domain.Sends;
using Parley.Domain.Sessions;
using Parley.Ports;
using Parley.Ports.Rows;
using Parley.Storage.Contract;
using Parley.Storage.Sqlite.Engine;
using Parley.Storage.Sqlite.Schema;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>What stands in the way of a start is told so that a person can act on it.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TempData _data = new();

    private static DateTimeOffset Now => new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

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
    public async Task A_file_from_version_1_is_served_with_what_was_in_it()
    {
        var session = new Session
        {
            SessionId = "shop-1",
            Version = 1,
            InstanceName = "i",
            Status = SessionStatus.Open,
            CreatedAt = Now,
            UpdatedAt = Now,
        };
        var head = new Talk("acme", 1, TimeProvider.System).Head with { Version = 1, LastSequence = 1 };
        using (var connection = Connection.Open(_data.Database, readOnly: false, TimeSpan.Zero))
        {
            Migrations.Apply(connection, [.. Migrations.Steps.Take(1)]);
            connection.Execute(
                """
                INSERT INTO tenant_key (tenant, conversations, messages, sessions) VALUES ('acme', 1, 1, 1);
                INSERT INTO tenant (tenant, name, created) VALUES ('acme', 'Acme', '2026-03-01T12:00:00.0000000+00:00');
                INSERT INTO credential (tenant, kind, id, sha256, hint, created) VALUES
                    ('acme', 0, 'key', x'01', 'hint', '2026-03-01T12:00:00.0000000+00:00'),
                    ('acme', 1, 'token', x'02', 'hint', '2026-03-01T12:00:00.0000000+00:00');
                """);
            connection.Use("INSERT INTO session (tenant, name, version, instance, status, attention, body) VALUES ('acme', 'shop-1', 1, 'i', 2, 0, ?1)")
                .BindText(1, StoreJson.Write(session))
                .Run();
            connection.Use(
                """
                INSERT INTO conversation (tenant, name, version, deleted, active, unread, hidden, kind, sessions, parties, head)
                VALUES (1, ?1, 1, 0, 1, 0, 0, 0, '', '', ?2)
                """)
                .Bind(1, head.ConversationId)
                .BindText(2, StoreJson.Write(head))
                .Run();
            connection.Execute("INSERT INTO message (place, tenant, id, key, conversation) VALUES ((1 << 32) | 1, 1, x'00112233445566778899aabbccddeeff', x'03', 1)");
        }

        using var database = Open();
        Assert.Equal(Migrations.Steps.Count, await database.Read(connection => connection.Scalar("PRAGMA user_version"), Token));
        var details = await new TenantStore(database).ReadTenant("acme", Token);
        Assert.All(details!.Credentials, credential => Assert.Equal((null, null, KeyScopes.All), (credential.SessionId, credential.HeaderSha256, credential.Scopes)));
        Assert.Equal("token", (await new TenantStore(database).FindCredential(CredentialKind.WebhookToken, [2], Token))!.CredentialId);
        Same.Values([new SessionEntry("acme", session, null)], await new SessionStore(database).FindOwners("i", Token));
        Assert.Equal(SessionSettings.Default, session.Settings);
        var conversations = new ConversationStore(database);
        Assert.Equal(1, (await conversations.FindById("acme", new Guid("00112233-4455-6677-8899-aabbccddeeff"), Token))!.Sequence);

        var next = head with { Version = 2 };
        var send = new QueuedSend("shop-1", Guid.CreateVersion7(), head.ConversationId, 1, head.Line, SendState.Queued, "f", Now, Now);
        await conversations.Commit(new ConversationCommit { TenantId = "acme", Head = next, Released = [1], Queued = [send] }, Token);
        Same.Value(next, await conversations.ReadHead("acme", head.ConversationId, Token));
        Assert.Equal(send, Assert.Single(await new SendQueue(database).ListSends("acme", "shop-1", null, 5, Token)));
    }

    [Fact]
    public async Task Events_of_a_file_from_version_2_get_running_numbers_in_the_order_of_logging()
    {
        var talk = new Talk("acme", 1, TimeProvider.System);
        talk.Say();
        using (var connection = Connection.Open(_data.Database, readOnly: false, TimeSpan.Zero))
        {
            Migrations.Apply(connection, [.. Migrations.Steps.Take(2)]);
            connection.Execute("INSERT INTO tenant_key (id, tenant, position) VALUES (1, 'acme', 4), (2, 'globex', 2)");

            // Position 1 has expired; when position 3 was given the clock had gone back.
            foreach (var (tenant, position, logged) in new[] { (1, 2, 1_000L), (1, 3, 500), (1, 4, 3_000), (2, 1, 900), (2, 2, 2_000) })
            {
                connection.Use("INSERT INTO event (place, logged, subject, facts) VALUES ((?1 << 40) | ?2, ?3, ?4, ?5)")
                    .Bind(1, tenant)
                    .Bind(2, position)
                    .Bind(3, logged)
                    .Bind(4, talk.Id)
                    .BindText(5, StoreJson.Write(new EventFacts { Type = EventType.MessageCreated, Number = position, At = Now }))
                    .Run();
            }
        }

        using var database = Open();
        var log = new EventLog(database);
        Assert.Equal(
            [("globex", 1L, 1L), ("acme", 2L, 2L), ("acme", 3L, 3L), ("globex", 2L, 4L), ("acme", 4L, 5L)],
            (await log.ReadShard(0, 0, 10, Token)).Select(e => (e.TenantId, e.Position, e.Running)));
        Assert.Equal([5], await log.ReadHeads(Token));
        Assert.Equal(new LogBounds(2, 4), await log.ReadBounds("acme", Token));

        var commit = new Talk("globex", 1, TimeProvider.System).Say();
        Assert.Equal(CommitResult.Done, await new ConversationStore(database).Commit(commit, Token));
        Assert.Equal((3, 6), (await log.ReadEvents("globex", 2, 10, Token)).Select(e => (e.Position, e.Running)).Single());
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
