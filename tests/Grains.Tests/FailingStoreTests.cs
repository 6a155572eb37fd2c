using System.Diagnostics;
using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Grains.Tests;

public sealed class FailingStoreTests(Cluster cluster) : ClusterTests(cluster)
{
    [Fact]
    public async Task a_commit_that_did_not_happen_can_be_told_again()
    {
        await Chat.Keep(Chat.Known, "M1");
        Trouble(static _ => throw new StoreUnavailableException("down"));

        await Assert.ThrowsAsync<RetryableException>(() => Chat.Keep(Chat.Known, "M2"));
        Assert.Equal(ItemOutcome.Kept, await Chat.Keep(Chat.Known, "M2", 1));
        await Chat.AssertKept(Chat.Known, ["M1", "M2"]);
    }

    /// <summary>No silo has a serializer for what a store or a driver throws: it must not travel.</summary>
    [Fact]
    public async Task a_failure_reaches_callers_on_every_silo_as_retryable()
    {
        for (var silo = 0; silo < Cluster.Factories.Count; silo++)
        {
            Trouble(static _ => throw new StoreUnavailableException("down", new DriverException()));
            var failure = await Assert.ThrowsAsync<RetryableException>(() => Chat.Keep(Chat.Known, "M1", silo));
            Assert.Null(failure.InnerException);
        }

        Assert.Equal(ItemOutcome.Kept, await Chat.Keep(Chat.Known, "M1"));
    }

    [Fact]
    public async Task a_commit_whose_answer_was_lost_can_be_told_again()
    {
        await Chat.Keep(Chat.Known, "M1");
        Trouble(static async real =>
        {
            await real();
            throw new StoreOutcomeUnknownException("lost");
        });

        await Assert.ThrowsAsync<RetryableException>(() => Chat.Keep(Chat.Known, "M2"));
        Assert.Equal(ItemOutcome.Duplicate, await Chat.Keep(Chat.Known, "M2", 1));
        await Chat.AssertKept(Chat.Known, ["M1", "M2"]);
    }

    [Fact]
    public async Task the_first_commit_of_a_conversation_may_fail_too()
    {
        Trouble(static _ => throw new StoreUnavailableException("down"));

        await Assert.ThrowsAsync<RetryableException>(() => Chat.Keep(Chat.Known, "M1"));
        Assert.Equal(ItemOutcome.Kept, await Chat.Keep(Chat.Known, "M1"));
        await Chat.AssertKept(Chat.Known, ["M1"]);
    }

    [Fact]
    public async Task a_duplicate_waits_for_the_commit_that_makes_it_one_and_fails_with_it()
    {
        await Chat.Keep(Chat.Known, "M1");
        await Chat.Keep(Chat.Known, "M1", 1);
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        Trouble(async _ =>
        {
            reached.SetResult();
            await release.Task;
            throw new StoreUnavailableException("down");
        });

        var first = Chat.Keep(Chat.Known, "M2");
        await reached.Task.WaitAsync(Stop);
        var duplicate = Chat.Keep(Chat.Known, "M2", 1);
        await Chat.Begun(Chat.Known, 1);
        Assert.False(duplicate.IsCompleted);
        release.SetResult();

        await Assert.ThrowsAsync<RetryableException>(() => first);
        await Assert.ThrowsAsync<RetryableException>(() => duplicate);
        Assert.Equal(ItemOutcome.Kept, await Chat.Keep(Chat.Known, "M2"));
        await Chat.AssertKept(Chat.Known, ["M1", "M2"]);
    }

    /// <summary>A call whose answer was lost is made again, and both may come into one commit.</summary>
    [Fact]
    public async Task a_duplicate_in_the_commit_of_its_message_looks_for_what_came_meanwhile_too()
    {
        await Chat.Keep(Chat.Known, "M1");
        await Park("M3");
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        Trouble(async real =>
        {
            reached.SetResult();
            await release.Task;
            return await real();
        });
        var first = Chat.Keep(Chat.Known, "M2");
        await reached.Task.WaitAsync(Stop);

        // What is parked for M3 is told instead of a commit; the commit after it tells nothing, so its callers look by themselves.
        Trouble(real =>
        {
            Trouble(async again =>
            {
                var result = await again();
                await Park("M4");
                return result;
            });
            return real();
        });
        List<Task<ItemOutcome>> calls = [Chat.Keep(Chat.Known, "M3"), Chat.Keep(Chat.Known, "M4"), Chat.Keep(Chat.Known, "M4")];
        await Chat.Begun(Chat.Known);
        Cluster.Store.FailNextLookUp(Tenant, "M4");
        release.SetResult();
        await first;
        await Task.WhenAll(calls.Select(static call => call.ContinueWith(static _ => { }, TaskScheduler.Default)));

        Assert.Equal(1, calls.Count(static call => call.IsFaulted));
        Assert.Equal(MessageStatus.Read, (await Chat.Rows(Chat.Known)).Single(static r => r.ExternalId == "M4").Message!.Status);
    }

    [Fact]
    public async Task what_waits_while_a_commit_is_on_its_way_goes_together()
    {
        await Chat.Keep(Chat.Known, "M0");
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        Trouble(async real =>
        {
            reached.SetResult();
            await release.Task;
            return await real();
        });

        var first = Chat.Keep(Chat.Known, "M1");
        await reached.Task.WaitAsync(Stop);
        var others = Enumerable.Range(2, 20).Select(n => Chat.Grain(Chat.Known).Apply(Chat.Request(Chat.Known, $"M{n}"))).ToList();
        await Chat.Begun(Chat.Known);
        release.SetResult();
        await first;
        await Task.WhenAll(others);

        await Chat.AssertKept(Chat.Known, Enumerable.Range(0, 22).Select(static n => $"M{n}"));
        Assert.True((await Chat.Head(Chat.Known)).Version < 12, "Every message had a commit of its own.");
    }

    [Fact]
    public async Task a_commit_that_hangs_is_answered_in_time_and_does_not_stop_the_conversation()
    {
        await Chat.Keep(Chat.Known, "M1");
        var hanging = new TaskCompletionSource<CommitResult>();
        Trouble(_ => hanging.Task);
        var began = Stopwatch.GetTimestamp();

        var failure = await Record.ExceptionAsync(() => Chat.Keep(Chat.Known, "M2"));
        Assert.True(Retryable.Is(failure!), $"{failure}");
        Assert.True(Stopwatch.GetElapsedTime(began) < 3 * Cluster.ResponseTimeout);

        // As the store's own deadline would end it.
        hanging.SetException(new StoreOutcomeUnknownException("deadline"));
        await Cluster.Orleans.WaitForDeactivationAsync(Chat.Grain(Chat.Known));
        Assert.Equal(ItemOutcome.Kept, await Chat.Keep(Chat.Known, "M2"));
        await Chat.AssertKept(Chat.Known, ["M1", "M2"]);
    }

    [Fact]
    public async Task rare_commands_fail_as_retryable_too()
    {
        await Chat.Keep(Chat.Known, "M1");
        Trouble(static _ => throw new StoreUnavailableException("down"));
        await Assert.ThrowsAsync<RetryableException>(() => Chat.Grain(Chat.Known).MarkRead(1));
        Trouble(static _ => throw new StoreUnavailableException("down"));
        await Assert.ThrowsAsync<RetryableException>(() => Chat.Grain(Chat.Known).Delete());

        Assert.Equal(0, (await Chat.Grain(Chat.Known).MarkRead(1)).UnreadCount);
        Assert.Equal(1, (await Chat.Head(Chat.Known)).ReadUpTo);
    }

    private Task Park(string externalId) =>
        Cluster.Get<IParkingLot>().Park(Tenant, "shop", [Chat.Read(externalId)], 100, DateTimeOffset.UtcNow, Stop);

    private void Trouble(Func<Func<Task<CommitResult>>, Task<CommitResult>> trouble) =>
        Cluster.Store.OnNextCommit(Tenant, Chat.Known, trouble);

    private sealed class DriverException() : Exception("disk I/O error");
}
