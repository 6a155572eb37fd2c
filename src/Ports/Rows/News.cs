namespace Parley.Ports.Rows;

/// <summary>Tells a reader of the log that there is something new.</summary>
/// <remarks>What is told while nobody waits is kept for the next one who asks. Whoever waits is told; of several readers one that was busy
/// may miss what another was told, so each looks by the clock, too.</remarks>
internal sealed class News
{
    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource> _waiting = [];
    private bool _kept;

    public void Tell()
    {
        TaskCompletionSource[] told;
        lock (_lock)
        {
            told = [.. _waiting];
            _waiting.Clear();
            _kept = told.Length == 0;
        }

        foreach (var waiting in told)
        {
            waiting.TrySetResult();
        }
    }

    /// <summary>Ends when something is told, or was since the last call, or the token is cancelled.</summary>
    public Task Wait(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_kept || cancellationToken.IsCancellationRequested)
            {
                _kept = false;
                return Task.CompletedTask;
            }

            // The writer must not run what its readers do next.
            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(waiting);
            return Wait(waiting, cancellationToken);
        }
    }

    private async Task Wait(TaskCompletionSource waiting, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => Leave(waiting));
        await waiting.Task;
    }

    private void Leave(TaskCompletionSource waiting)
    {
        lock (_lock)
        {
            _waiting.Remove(waiting);
        }

        waiting.TrySetResult();
    }
}
