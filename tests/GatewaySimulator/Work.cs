using System.Collections.Concurrent;

namespace Parley.GatewaySimulator;

/// <summary>Counts what is still under way, so that a test can wait until nothing is.</summary>
internal sealed class Work
{
    private readonly ConcurrentQueue<Exception> _failures = new();
    private int _running;

    /// <summary>Runs something beside the caller.</summary>
    public async Task Run(Func<Task> work)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // The gateway stops: what was under way is lost, as it is in a real one.
        }
        catch (Exception exception)
        {
            // A fault of the simulator itself: it ends the test that waits, not the events behind it.
            _failures.Enqueue(exception);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <exception cref="TimeoutException">Something is still under way.</exception>
    /// <exception cref="AggregateException">Something failed that should not.</exception>
    public async Task Settle(TimeSpan within)
    {
        var deadline = DateTimeOffset.UtcNow + within;
        while (Volatile.Read(ref _running) > 0)
        {
            if (DateTimeOffset.UtcNow > deadline)
            {
                throw new TimeoutException($"{_running} webhooks or events are still under way.");
            }

            await Task.Delay(5);
        }

        if (!_failures.IsEmpty)
        {
            throw new AggregateException(_failures);
        }
    }
}
