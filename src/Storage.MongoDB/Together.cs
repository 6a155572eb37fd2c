namespace Parley.Storage.MongoDB;

/// <summary>Runs what is asked for at the same time together: what comes while one run is under way goes into the next.</summary>
/// <param name="run">Does all of it and answers everybody; it never throws.</param>
/// <param name="size">How much one of them adds to a run.</param>
/// <param name="most">A run takes no more once it has this much.</param>
internal sealed class Together<T>(Func<List<T>, Task> run, Func<T, int> size, int most)
{
    private readonly Queue<T> _waiting = new();
    private bool _isRunning;

    public void Add(T asked)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(asked);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        _ = Task.Run(RunAll);
    }

    private async Task RunAll()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await run(batch);
        }
    }

    private List<T> Take()
    {
        var batch = new List<T>();
        var taken = 0;
        lock (_waiting)
        {
            while (taken < most && _waiting.TryDequeue(out var asked))
            {
                batch.Add(asked);
                taken += size(asked);
            }

            _isRunning = batch.Count > 0;
        }

        return batch;
    }
}
