using Parley.Simulator.Scheduling;

namespace Parley.Simulator.Hosting;

/// <summary>A process: its services, its share of the grains, and what is under way in it. It dies as a whole.</summary>
internal sealed class Node(string name, Lane lane)
{
    private readonly List<Action> _open = [];

    public string Name { get; } = name;

    public Lane Lane { get; } = lane;

    public IServiceProvider Services { get; set; } = null!;

    public bool IsAlive => !Lane.IsDead;

    /// <summary>Runs work in the node for someone outside of it: who learns nothing but a lost connection when the node dies.</summary>
    public Task<T> Serve<T>(Func<Task<T>> work)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Lose() => answer.TrySetException(new NodeDiedException(Name));
        if (!IsAlive)
        {
            Lose();
            return answer.Task;
        }

        _open.Add(Lose);
        _ = Lane.Run(async () =>
        {
            try
            {
                answer.TrySetResult(await work());
            }
            catch (Exception e)
            {
                answer.TrySetException(e);
            }

            _open.Remove(Lose);
        });
        return answer.Task;
    }

    /// <summary>As <c>kill -9</c>: nothing in it runs again.</summary>
    public void Kill()
    {
        Lane.Kill();
        foreach (var lose in _open.ToArray())
        {
            lose();
        }

        _open.Clear();
    }
}

/// <summary>The node that was asked is gone.</summary>
internal sealed class NodeDiedException(string node) : Exception($"{node} died.");
