namespace Parley.Grains.Tests;

/// <summary>Knows which look-ups of a tenant are under way.</summary>
internal sealed class LookUpWatch
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource> _awaited = [];
    private readonly List<TaskCompletionSource> _seen = [];
    private int _underWay;

    /// <summary>Ends when the id has been looked up and nothing else is being looked up.</summary>
    public Task LookedUp(string externalId)
    {
        lock (_lock)
        {
            return (_awaited[externalId] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public void Begin()
    {
        lock (_lock)
        {
            _underWay++;
        }
    }

    public void End(IReadOnlyCollection<string> externalIds)
    {
        lock (_lock)
        {
            _underWay--;
            foreach (var id in externalIds)
            {
                if (_awaited.Remove(id, out var seen))
                {
                    _seen.Add(seen);
                }
            }

            if (_underWay == 0)
            {
                _seen.ForEach(static seen => seen.TrySetResult());
                _seen.Clear();
            }
        }
    }
}
