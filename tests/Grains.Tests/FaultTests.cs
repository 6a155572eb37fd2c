using Parley.Domain.Conversations;
using Parley.Domain.Messages;
using Parley.Ingest;

namespace Parley.Grains.Tests;

/// <summary>What cannot be decided is a fault of ours: told as such, so that its payload goes to quarantine, and alone.</summary>
public sealed class FaultTests(Cluster cluster) : ClusterTests(cluster)
{
    [Fact]
    public async Task what_cannot_be_decided_is_not_told_as_retryable()
    {
        await Chat.Keep(Chat.Known, "M1");
        await Change(Edit("a", new ChangeStamp(1, null, "gateway")));

        var failure = await Record.ExceptionAsync(() => Change(Broken));
        Assert.NotNull(failure);
        Assert.False(Retryable.Is(failure), $"{failure}");
        Assert.Equal(ItemOutcome.Kept, await Chat.Keep(Chat.Known, "M2"));
    }

    [Fact]
    public async Task what_cannot_be_decided_takes_nothing_with_it_that_waits_beside_it()
    {
        await Chat.Keep(Chat.Known, "M1");
        await Chat.Keep(Chat.Known, "M1", 1);
        await Change(Edit("a", new ChangeStamp(1, null, "gateway")));
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        Cluster.Store.OnNextCommit(Tenant, Chat.Known, async real =>
        {
            reached.SetResult();
            await release.Task;
            return await real();
        });
        var first = Chat.Keep(Chat.Known, "M2");
        await reached.Task.WaitAsync(Stop);
        var (good, broken, better) = (Chat.Keep(Chat.Known, "M3"), Change(Broken), Chat.Keep(Chat.Known, "M4", 1));
        await Chat.Begun(Chat.Known);
        await Chat.Begun(Chat.Known, 1);
        release.SetResult();

        await first;
        Assert.Equal([ItemOutcome.Kept, ItemOutcome.Kept], await Task.WhenAll(good, better));
        Assert.False(Retryable.Is((await Record.ExceptionAsync(() => broken))!));
        await Chat.AssertKept(Chat.Known, ["M1", "M2", "M3", "M4"]);
    }

    /// <summary>A change without a stamp, which nothing makes: it cannot be put in order with another.</summary>
    private static EditChange Broken => Edit("b", null!);

    private static EditChange Edit(string text, ChangeStamp stamp) =>
        new() { TargetId = "M1", At = Chat.Start, Text = text, Stamp = stamp };

    private Task Change(MessageChange change) =>
        Chat.Grain(Chat.Known).Apply(new(null, [new ChangeItem(change, "shop", Direction.In, null)]));
}
