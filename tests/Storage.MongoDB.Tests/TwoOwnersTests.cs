using Microsoft.Extensions.DependencyInjection;
using Parley.Domain.Conversations;
using Parley.Ports;
using Parley.Storage.Contract;
using Parley.TestServers;

namespace Parley.Storage.MongoDB.Tests;

/// <summary>Two nodes that both believe that they own a conversation: one is stopped at each step of its flush, the other goes on.</summary>
public sealed class TwoOwnersTests : IAsyncLifetime
{
    private const string Tenant = "acme";

    private string _url = null!;
    private MongoProxy _proxy = null!;
    private ServiceProvider _slow = null!;
    private ServiceProvider _fast = null!;

    /// <summary>The requests of a flush with one new message, in their order: head, message, outbox, counts, and the commit itself.</summary>
    public static TheoryData<string, int, Overtaking> Steps
    {
        get
        {
            var steps = new TheoryData<string, int, Overtaking>();
            foreach (var (command, nth) in new[] { ("update", 1), ("insert", 1), ("insert", 2), ("update", 2), ("commitTransaction", 1) })
            {
                foreach (var overtaking in Enum.GetValues<Overtaking>())
                {
                    steps.Add(command, nth, overtaking);
                }
            }

            return steps;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IConversationStore Slow => _slow.GetRequiredService<IConversationStore>();

    private IConversationStore Fast => _fast.GetRequiredService<IConversationStore>();

    public async ValueTask InitializeAsync()
    {
        _url = await Databases.Take();
        _proxy = MongoProxy.Before(_url);
        _fast = await MongoFixture.Services(new MongoOptions { ConnectionString = _url });
        _slow = await MongoFixture.Services(new MongoOptions { ConnectionString = _proxy.Url, Deadline = TimeSpan.FromSeconds(10) });
    }

    public async ValueTask DisposeAsync()
    {
        _proxy.Heal();
        await _slow.DisposeAsync();
        await _fast.DisposeAsync();
        await _proxy.DisposeAsync();
        await Databases.GiveBack(_url);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_flush_that_wakes_after_its_conversation_moved_on_is_refused(string command, int nth, Overtaking overtaking)
    {
        // Both know the conversation with one message.
        var fast = new Talk(Tenant, 1, TimeProvider.System);
        var start = fast.Say("start");
        Assert.Equal(CommitResult.Done, await Fast.Commit(start, Token));
        var late = Following(start);

        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var seen = 0;
        _proxy.OnCommand = async name =>
        {
            if (name == command && Interlocked.Increment(ref seen) == nth)
            {
                reached.SetResult();
                await release.Task;
            }

            return ProxyAction.Forward;
        };
        var slow = Slow.Commit(late, Token);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);

        // What the stopped one has written holds the conversation until it is found out to be idle.
        Assert.Equal(CommitResult.Done, await Fast.Commit(Overtake(fast, overtaking), Token));
        release.SetResult();

        Assert.Equal(CommitResult.Stale, await slow);
        Same.Value(fast.Head, await Fast.ReadHead(Tenant, fast.Id, Token));
        Assert.Empty((await Fast.LookUp(Tenant, ["late"], Token)).Messages);
        Assert.Equal(
            fast.Messages.Keys, (await Fast.ReadAfter(Tenant, fast.Id, 0, 10, Token)).Select(message => message.Sequence));

        // The loser reloads and carries on.
        if (overtaking == Overtaking.Message)
        {
            Assert.Equal(CommitResult.Done, await Slow.Commit(fast.Say("late"), Token));
            Assert.Equal([1, 2, 3], (await Fast.ReadAfter(Tenant, fast.Id, 0, 10, Token)).Select(message => message.Sequence));
        }
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_done_and_the_other_is_stale()
    {
        var fast = new Talk(Tenant, 1, TimeProvider.System);
        var start = fast.Say("start");
        Assert.Equal(CommitResult.Done, await Fast.Commit(start, Token));
        _proxy.OnNext("commitTransaction", ProxyAction.LoseAnswer);
        var slow = Slow.Commit(Following(start), Token);

        Assert.Equal(CommitResult.Done, await slow);
        Assert.Equal(CommitResult.Stale, await Fast.Commit(fast.Say("other"), Token));
        Assert.Single((await Fast.LookUp(Tenant, ["late"], Token)).Messages);
    }

    private static ConversationCommit Following(ConversationCommit start)
    {
        var talk = new Talk(Tenant, 1, TimeProvider.System);
        _ = talk.Say(start.Added[0].ExternalId);
        return talk.Say("late");
    }

    private static ConversationCommit Overtake(Talk talk, Overtaking overtaking) => overtaking switch
    {
        Overtaking.Message => talk.Say("other"),
        Overtaking.Merge => talk.Set(head => head with { MergedInto = "9:9" }),
        _ => talk.Delete(),
    };
}

/// <summary>What the other owner does meanwhile.</summary>
public enum Overtaking
{
    Message,
    Merge,
    Delete,
}
