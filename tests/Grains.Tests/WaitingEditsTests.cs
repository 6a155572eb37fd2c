using Parley.Ingest;

namespace Parley.Grains.Tests;

public sealed class WaitingEditsTests
{
    private static readonly IntakeOptions OnlyOne = new() { MostWaitingEdits = 1, EditedPatience = TimeSpan.FromMilliseconds(20) };

    /// <summary>A gateway that is told to come again is owed nothing, and what it brought must not stay in memory.</summary>
    [Fact]
    public async Task one_that_is_refused_is_not_tried_any_longer()
    {
        var edits = new WaitingEdits(OnlyOne, TimeProvider.System);
        var stop = TestContext.Current.CancellationToken;
        var (stored, tried) = (new TaskCompletionSource(), CancellationToken.None);
        Assert.False(await edits.Await(token => (tried = token, stored.Task).Task, stop));

        var refused = CancellationToken.None;
        await Assert.ThrowsAsync<IntakeUnavailableException>(() => edits.Await(
            token =>
            {
                refused = token;
                return Task.Delay(Timeout.Infinite, token);
            },
            stop));
        Assert.True(refused.IsCancellationRequested);
        Assert.False(tried.IsCancellationRequested);

        stored.SetResult();
        Assert.Equal(0, await edits.Drain(TimeSpan.FromSeconds(10), stop));
        Assert.False(await edits.Await(static _ => Task.Delay(Timeout.Infinite, CancellationToken.None), stop));
    }

    /// <summary>A stop has little time, and what is tried on would hold up the grains that end.</summary>
    [Fact]
    public async Task one_that_does_not_become_durable_is_counted_at_the_end_and_not_tried_any_longer()
    {
        var edits = new WaitingEdits(OnlyOne, TimeProvider.System);
        var stop = TestContext.Current.CancellationToken;
        var tried = CancellationToken.None;
        Assert.False(await edits.Await(token => Task.Delay(Timeout.Infinite, tried = token), stop));

        Assert.Equal(1, await edits.Drain(TimeSpan.FromMilliseconds(20), stop));
        Assert.True(tried.IsCancellationRequested);
    }
}
