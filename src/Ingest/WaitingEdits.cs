namespace Parley.Ingest;

/// <summary>Bodies of <c>messages.edited</c> that were answered before they were durable: bounded, and tried until they are.</summary>
internal sealed class WaitingEdits(IntakeOptions options)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _waiting = [];

    /// <returns>False when as many wait as may.</returns>
    public bool TryAdd(Task persisting)
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
