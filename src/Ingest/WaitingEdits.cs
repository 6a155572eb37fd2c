namespace Parley.Ingest;

/// <summary>Bodies of <c>messages.edited</c> that were answered before they were durable: bounded, and tried until they are.</summary>
/// <remarks>A gateway awaits the answer of this event in its only queue: until then no message of the line comes.</remarks>
internal sealed class WaitingEdits(IntakeOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _waiting = [];

    /// <summary>Waits for an edit as long as its gateway may. What takes longer is answered, and waits here.</summary>
    /// <param name="persist">Tries without end, whether the gateway waits for it or not.</param>
    /// <returns>Whether it is durable.</returns>
    /// <exception cref="IntakeUnavailableException">As many wait as may.</exception>
    public async Task<bool> Await(Func<CancellationToken, Task> persist, CancellationToken cancellationToken)
    {
        var refused = new CancellationTokenSource();
        var persisting = persist(refused.Token);
        if (await Task.WhenAny(persisting, Task.Delay(options.EditedPatience, time, cancellationToken)) == persisting)
        {
            await persisting;
            return true;
        }

        if (!TryAdd(persisting))
        {
            // The gateway is told to come again: nothing is owed to it, and its body must not stay.
            await refused.CancelAsync();
            _ = persisting.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Current);
            IntakeMetrics.Unavailable.Add(1);
            throw new IntakeUnavailableException();
        }

        return false;
    }

    private bool TryAdd(Task persisting)
    {
        lock (_lock)
        {
            if (_waiting.Count >= options.MostWaitingEdits)
            {
                return false;
            }

            _waiting.Add(persisting);
        }

        IntakeMetrics.WaitingEdits.Add(1);
        _ = persisting.ContinueWith(Remove, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        return true;
    }

    public Task Drain(CancellationToken cancellationToken)
    {
        Task[] waiting;
        lock (_lock)
        {
            waiting = [.. _waiting];
        }

        return Task.WhenAll(waiting).WaitAsync(cancellationToken);
    }

    private void Remove(Task ended)
    {
        lock (_lock)
        {
            _waiting.Remove(ended);
        }

        IntakeMetrics.WaitingEdits.Add(-1);
    }
}
