using Microsoft.Extensions.Time.Testing;
using Parley.Domain.Conversations;
using Parley.Domain.Work;
using Parley.Ports;

namespace Parley.Storage.Contract;

/// <summary>A test with a store of its own.</summary>
public abstract class StoreTests(IStoreFixture fixture) : IAsyncLifetime
{
    public const string Tenant = "acme";
    public const string OtherTenant = "globex";

    private TestStore? _store;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    protected DateTimeOffset Now => Time.GetUtcNow();

    protected TestStore Store => _store ?? throw new InvalidOperationException("The store is not open.");

    public virtual async ValueTask InitializeAsync() => _store = await fixture.Open(Time);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    protected Talk NewTalk(int contact = 1, string tenantId = Tenant) => new(tenantId, contact, Time);

    /// <summary>Commits, and insists that it is done.</summary>
    protected async Task Commit(ConversationCommit commit)
    {
        var result = await Store.Conversations.Commit(commit, Token);
        Assert.Equal(CommitResult.Done, result);
        await Store.NumberEvents(Token);
    }

    /// <summary>Commits a number of messages, one commit each.</summary>
    protected async Task Say(Talk talk, int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            await Commit(talk.Say());
        }
    }

    /// <summary>The to-dos that are due, without their tokens.</summary>
    protected async Task<IReadOnlyList<WorkItem>> DueItems(string tenantId, int limit, DateTimeOffset now, CancellationToken token) =>
        [.. (await Store.Work.Due(tenantId, limit, now, token)).Select(static due => due.Item)];

    /// <summary>Completes a to-do as a worker does that reads its list at this moment.</summary>
    protected async Task CompleteItem(string tenantId, string key, CancellationToken token)
    {
        if (await Find(tenantId, key, token) is { } due)
        {
            await Store.Work.Complete(tenantId, due, token);
        }
    }

    protected async Task PostponeItem(string tenantId, string key, DateTimeOffset until, CancellationToken token) =>
        await Store.Work.Postpone(tenantId, (await Find(tenantId, key, token))!, until, token);

    protected async Task<DueWork?> Find(string tenantId, string key, CancellationToken token) =>
        (await Store.Work.Due(tenantId, 100, DateTimeOffset.MaxValue.AddDays(-1), token)).FirstOrDefault(due => due.Item.Key == key);

    protected async Task<IReadOnlyList<LoggedEvent>> Events(string tenantId = Tenant) =>
        await Store.Events.ReadEvents(tenantId, 0, 10_000, Token);
}
