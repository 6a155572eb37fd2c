using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Parley.Ports;
using Parley.Storage.Contract;
using Parley.Storage.Sqlite.Engine;
using SQLitePCL;

namespace Parley.Storage.Sqlite.Tests;

/// <summary>What happens to callers and data when the file or the disk fails.</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly TempData _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Reopening_keeps_everything()
    {
        var talk = new Talk("acme", 1, TimeProvider.System);
        await using (var services = SqliteFixture.Services(_data.Options))
        {
            for (var i = 0; i < 20; i++)
            {
                await Commit(services, talk.Say());
            }
        }

        await using (var services = SqliteFixture.Services(_data.Options))
        {
            var store = services.GetRequiredService<IConversationStore>();
            Same.Value(talk.Head, await store.ReadHead("acme", talk.Id, Token));
            Assert.Equal(20, (await store.ReadAfter("acme", talk.Id, 0, 500, Token)).Count);
            await Commit(services, talk.Say());
            var events = await services.GetRequiredService<IEventLog>().ReadEvents("acme", 0, 500, Token);
            Assert.Equal(Enumerable.Range(1, 21).Select(i => (long)i), events.Select(logged => logged.Position));
            var all = await services.GetRequiredService<IQueries>().ListMessages("acme", new MessagesFilter(), new PageRequest(1), Token);
            Assert.Equal(21, all.Total);
        }
    }

    [Fact]
    public async Task Closing_drains_what_was_accepted()
    {
        var talks = Enumerable.Range(1, 300).Select(contact => new Talk("acme", contact, TimeProvider.System)).ToList();
        Task<CommitResult>[] commits;
        await using (var services = SqliteFixture.Services(_data.Options))
        {
            var store = services.GetRequiredService<IConversationStore>();
            commits = [.. talks.Select(talk => store.Commit(talk.Say(), Token))];
        }

        Assert.All(await Task.WhenAll(commits), result => Assert.Equal(CommitOutcome.Done, result.Outcome));
    }

    [Fact]
    public async Task After_closing_calls_are_refused()
    {
        var services = SqliteFixture.Services(_data.Options);
        var store = services.GetRequiredService<IConversationStore>();
        await services.DisposeAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Commit(new Talk("acme", 1, TimeProvider.System).Say(), Token));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadHead("acme", "x", Token));
    }

    [Fact]
    public async Task A_full_disk_refuses_leaves_nothing_and_recovers()
    {
        await using var services = SqliteFixture.Services(_data.Options);
        var database = services.GetRequiredService<SqliteDatabase>();
        var talk = new Talk("acme", 1, TimeProvider.System);
        await Commit(services, talk.Say("first"));
        await Pragma(database, "PRAGMA max_page_count = 1");

        // The bound is never below the present size, so that it takes some messages to reach it.
        var before = talk.Head;
        var store = services.GetRequiredService<IConversationStore>();
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            while (true)
            {
                before = talk.Head;
                await store.Commit(talk.Add([.. Enumerable.Range(0, 50).Select(i => talk.NewMessage(ahead: i))]), Token);
            }
        });

        Assert.IsType<SqliteException>(refused.InnerException);
        Assert.Equal("full", ((SqliteException)refused.InnerException).Kind);
        Same.Value(before, await store.ReadHead("acme", talk.Id, Token));
        Assert.Equal(before.LastSequence, (await store.ReadAfter("acme", talk.Id, before.LastSequence - 1, 500, Token)).Single().Sequence);
        Assert.Single((await store.LookUp("acme", ["first"], Token)).Messages);

        await Pragma(database, "PRAGMA max_page_count = 1000000");
        var other = new Talk("acme", 2, TimeProvider.System);
        await Commit(services, other.Say());
        var events = await services.GetRequiredService<IEventLog>().ReadEvents("acme", 0, 100_000, Token);
        Assert.Equal(Enumerable.Range(1, (int)before.LastSequence + 1).Select(i => (long)i), events.Select(logged => logged.Position));
    }

    [Theory]
    [InlineData(raw.SQLITE_FULL, true)]
    [InlineData(raw.SQLITE_BUSY, true)]
    [InlineData(raw.SQLITE_IOERR_WRITE, true)]
    [InlineData(raw.SQLITE_IOERR_FSYNC, false)]
    [InlineData(raw.SQLITE_CORRUPT, false)]
    public async Task A_commit_that_fails_is_told_by_what_is_known_of_it(int code, bool surelyNot)
    {
        await using var services = SqliteFixture.Services(_data.Options);
        var database = services.GetRequiredService<SqliteDatabase>();
        var store = services.GetRequiredService<IConversationStore>();
        var talk = new Talk("acme", 1, TimeProvider.System);
        await Commit(services, talk.Say());
        var before = talk.Head;
        database.Writer.CommitFault = () => throw new SqliteException(code, "injected");

        var exception = await Assert.ThrowsAnyAsync<StoreException>(() => store.Commit(talk.Say(), Token));

        Assert.Equal(surelyNot ? typeof(StoreUnavailableException) : typeof(StoreOutcomeUnknownException), exception.GetType());
        database.Writer.CommitFault = null;
        Same.Value(before, await store.ReadHead("acme", talk.Id, Token));
        await Commit(services, new Talk("acme", 2, TimeProvider.System).Say());
        Assert.Equal(2, (await services.GetRequiredService<IEventLog>().ReadEvents("acme", 0, 9, Token)).Count);
    }

    [Fact]
    public async Task A_job_that_throws_fails_alone_and_the_writer_lives()
    {
        await using var services = SqliteFixture.Services(_data.Options);
        var database = services.GetRequiredService<SqliteDatabase>();
        using var gate = new ManualResetEventSlim();
        var blocker = database.Write(1, _ => gate.Wait(Token), Token);
        var bad = database.Write<int>(1, _ => throw new InvalidOperationException("bug"), Token);
        var talk = new Talk("acme", 1, TimeProvider.System);
        var good = services.GetRequiredService<IConversationStore>().Commit(talk.Say(), Token);
        gate.Set();

        await blocker;
        Assert.IsType<InvalidOperationException>((await Assert.ThrowsAsync<StoreUnavailableException>(() => bad)).InnerException);
        Assert.Equal(CommitResult.Done, await good);
    }

    [Fact]
    public async Task A_stuck_writer_ends_calls_at_their_deadline()
    {
        var time = new FakeTimeProvider();
        await using var services = SqliteFixture.Services(_data.Options, time);
        var database = services.GetRequiredService<SqliteDatabase>();
        var store = services.GetRequiredService<IConversationStore>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new ManualResetEventSlim();
        var stuck = database.Write(
            1,
            _ =>
            {
                started.TrySetResult();
                gate.Wait(Token);
            },
            Token);
        await started.Task;
        var talk = new Talk("acme", 1, time);
        var waiting = store.Commit(talk.Say(), Token);
        Assert.Equal(1, database.QueueLength);

        // Reads are not held up by it.
        Assert.Null(await store.ReadHead("acme", talk.Id, Token));
        time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<StoreOutcomeUnknownException>(() => stuck);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting);
        gate.Set();

        // What was withdrawn never happens.
        await Commit(services, new Talk("acme", 2, time).Say());
        Assert.Null(await store.ReadHead("acme", talk.Id, Token));
    }

    [Fact]
    public async Task A_stuck_read_ends_at_its_deadline()
    {
        var time = new FakeTimeProvider();
        await using var services = SqliteFixture.Services(_data.Options, time);
        var database = services.GetRequiredService<SqliteDatabase>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new ManualResetEventSlim();
        var read = database.Read(
            _ =>
            {
                started.TrySetResult();
                gate.Wait(Token);
                return 1;
            },
            Token);
        await started.Task;
        time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => read);
        gate.Set();
    }

    [Fact]
    public async Task A_queue_that_is_full_refuses_at_once()
    {
        await using var services = SqliteFixture.Services(_data.Options with { QueueLimit = 2 });
        var database = services.GetRequiredService<SqliteDatabase>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new ManualResetEventSlim();
        var stuck = database.Write(
            1,
            _ =>
            {
                started.TrySetResult();
                gate.Wait(Token);
            },
            Token);
        await started.Task;
        Task[] queued = [database.Write(1, _ => { }, Token), database.Write(1, _ => { }, Token)];

        await Assert.ThrowsAsync<StoreUnavailableException>(() => database.Write(1, _ => { }, Token));
        gate.Set();
        await stuck;
        await Task.WhenAll(queued);
    }

    [Fact]
    public async Task What_waits_goes_together_in_one_transaction()
    {
        await using var services = SqliteFixture.Services(_data.Options);
        var database = services.GetRequiredService<SqliteDatabase>();
        var commits = 0;
        database.Writer.CommitFault = () => commits++;
        using var gate = new ManualResetEventSlim();
        var stuck = database.Write(1, _ => gate.Wait(Token), Token);
        var jobs = Enumerable.Range(0, 100).Select(_ => database.Write(1, _ => { }, Token)).ToArray();
        gate.Set();
        await stuck;
        await Task.WhenAll(jobs);

        Assert.InRange(commits, 1, 2);
    }

    private static Task Pragma(SqliteDatabase database, string pragma) =>
        database.Write(1, transaction => transaction.Connection.Execute(pragma), Token);

    private static async Task Commit(IServiceProvider services, Domain.Conversations.ConversationCommit commit) => Assert.Equal(
        CommitResult.Done, await services.GetRequiredService<IConversationStore>().Commit(commit, Token));
}
