namespace Parley.Ingest;

/// <summary>Bodies of <c>messages.edited</c> that were answered before they were durable: bounded, and tried until they are.</summary>
/// <remarks>A gateway awaits the answer of this event in its only queue: until then no message of the line comes.</remarks>
internal sealed class WaitingEdits(IntakeOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Task, CancellationTokenSource> _waiting = [];

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

        if (!TryAdd(persisting, refused))
        {
            // The gateway is told to come again: nothing is owed to it, and its body must not stay.
            await refused.CancelAsync();
            _ = persisting.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Current);
            IntakeMetrics.Unavailable.Add(1);
            throw new IntakeUnavailableException();
        }

        return false;
    }

    private bool TryAdd(Task persisting, CancellationTokenSource end)
    {
        lock (_lock)
        {
            if (_waiting.Count >= options.MostWaitingEdits)
            {
                return false;
            }

            _waiting.Add(persisting, end);
        }

        IntakeMetrics.WaitingEdits.Add(1);
        _ = persisting.ContinueWith(Remove, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        return true;
    }

    /// <summary>Waits until all are durable, but no longer than it may. What is not by then is not tried any longer: its calls would hold up
    /// the end of whoever they call.</summary>
    /// <returns>How many are not durable.</returns>
    public async Task<int> Drain(TimeSpan patience, CancellationToken cancellationToken)
    {
        KeyValuePair<Task, CancellationTokenSource>[] waiting;
        lock (_lock)
        {
            waiting = [.. _waiting];
        }

        await Task.WhenAny(Task.WhenAll(waiting.Select(static edit => edit.Key)), Task.Delay(patience, time, cancellationToken));
        var lost = waiting.Where(static edit => !edit.Key.IsCompletedSuccessfully).ToList();
        await Task.WhenAll(lost.Select(static edit => edit.Value.CancelAsync()));
        return lost.Count;
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
