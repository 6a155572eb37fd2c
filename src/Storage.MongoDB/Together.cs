using Parley.Ports;

namespace Parley.Storage.MongoDB;

/// <summary>Does what is asked for at the same time together: what comes while one run is under way goes into the next. A request to the
/// server costs nearly the same for a hundred as for one, and a transaction more than all that is in it.</summary>
/// <param name="run">Does all of it; returns the answers in its order.</param>
/// <param name="size">How much one of them adds to a run.</param>
/// <param name="most">A run takes no more once it has this much.</param>
internal sealed class Together<TAsked, TAnswer>(
    Func<IReadOnlyList<TAsked>, Task<IReadOnlyList<TAnswer>>> run, Func<TAsked, int> size, int most)
{
    private readonly Queue<Waiting> _waiting = new();
    private bool _isRunning;

    public Task<TAnswer> Ask(TAsked asked)
    {
        var waiting = new Waiting(asked);
        lock (_waiting)
        {
            _waiting.Enqueue(waiting);
            if (_isRunning)
            {
                return waiting.Answer.Task;
            }

            _isRunning = true;
        }

        _ = Task.Run(RunAll);
        return waiting.Answer.Task;
    }

    private async Task RunAll()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await Run(batch);
        }
    }

    private List<Waiting> Take()
    {
        var batch = new List<Waiting>();
        var taken = 0;
        lock (_waiting)
        {
            while (taken < most && _waiting.TryDequeue(out var waiting))
            {
                batch.Add(waiting);
                taken += size(waiting.Asked);
            }

            _isRunning = batch.Count > 0;
        }

        return batch;
    }

    private async Task Run(List<Waiting> batch)
    {
        try
        {
            var answers = await run(batch.ConvertAll(static waiting => waiting.Asked));
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Answer.TrySetResult(answers[i]);
            }
        }
        catch (Exception exception) when (exception is not StoreException && batch.Count > 1)
        {
            // Something that cannot be asked, written or read is its own caller's trouble.
            foreach (var waiting in batch)
            {
                await Run([waiting]);
            }
        }
#pragma warning disable CA1031 // Whatever happens, every caller is answered.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            batch.ForEach(waiting => waiting.Answer.TrySetException(exception));
        }
    }

    private sealed class Waiting(TAsked asked)
    {
        public TAsked Asked { get; } = asked;

        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
