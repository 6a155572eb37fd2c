using System.Runtime.ExceptionServices;

namespace Parley.Simulator.Scheduling;

/// <summary>Runs everything of one history on one thread, one step at a time; the dice choose the next step.</summary>
/// <remarks>Steps are started tasks and continuations of awaits: whatever is queued to one of its <see cref="Lane"/>s. Nothing is
/// run in place, so each await that has to wait is a point where anything else that is ready may come first.</remarks>
public sealed class SeededScheduler
{
    /// <summary>The wall clock when a history begins.</summary>
    public static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<(Lane Lane, Task Task)> _ready = [];
    private readonly Dice _dice;
    private readonly double _stall;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private ExceptionDispatchInfo? _failure;

    /// <param name="stall">Share of the steps that are held back for some virtual time, as by a slow thread.</param>
    public SeededScheduler(Dice dice, Trace trace, double stall = 0)
    {
        _dice = dice;
        _stall = stall;
        Trace = trace;
        Time = new VirtualTime(dice, Start);
        World = new Lane(this, "world");
    }

    public Trace Trace { get; }

    public VirtualTime Time { get; }

    /// <summary>What never dies: the store's side, the network, the gateways.</summary>
    public Lane World { get; }

    public long Steps { get; private set; }

    public Lane NewLane(string name) => new(this, name);

    /// <summary>Runs until the task has ended.</summary>
    /// <param name="maxSteps">A history that needs more is stuck in a circle.</param>
    public void RunUntil(Task done, long maxSteps)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (!done.IsCompleted)
            {
                if (Steps >= maxSteps)
                {
                    throw new SimulationStuckException($"No end after {Steps} steps.");
                }

                if (!Step())
                {
                    throw new SimulationStuckException("Nothing is ready, no timer is set, and the history has not ended.");
                }
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        done.GetAwaiter().GetResult();
    }

    /// <summary>A task that ends after that much virtual time.</summary>
    public Task Delay(TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            return Task.CompletedTask;
        }

        var done = new TaskCompletionSource();
        Time.After(delay, () => done.SetResult());
        return done.Task;
    }

    internal void Enqueue(Lane lane, Task task)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            // A continuation came from the thread pool: some code under test left the scheduler, and no seed can replay that.
            _failure ??= ExceptionDispatchInfo.Capture(new InvalidOperationException($"A step of '{lane.Name}' came from another thread."));
            return;
        }

        if (_stall > 0 && _dice.Chance(_stall))
        {
            Time.After(TimeSpan.FromMilliseconds(_dice.Between(1, 400)), () => _ready.Add((lane, task)));
            return;
        }

        _ready.Add((lane, task));
    }

    private bool Step()
    {
        _failure?.Throw();
        if (_ready.Count == 0)
        {
            // A step, too: clocks that tick for ever must not hide that nothing else happens.
            var fired = Time.FireNext();
            Trace.Now = Time.Elapsed;
            Steps++;
            return fired;
        }

        var index = _dice.Below(_ready.Count);
        Trace.Choice(index, _ready.Count);
        var (lane, task) = _ready[index];
        _ready[index] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        Steps++;
        lane.Execute(task);
        return true;
    }
}

/// <summary>The history does not come to its end: a deadlock, or a circle.</summary>
public sealed class SimulationStuckException(string message) : Exception(message);
