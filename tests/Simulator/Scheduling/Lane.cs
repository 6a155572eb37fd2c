namespace Parley.Simulator.Scheduling;

/// <summary>The task scheduler of what lives and dies together: a node, or the world around the nodes.</summary>
public sealed class Lane : TaskScheduler
{
    private readonly SeededScheduler _scheduler;

    internal Lane(SeededScheduler scheduler, string name)
    {
        _scheduler = scheduler;
        Name = name;
    }

    public string Name { get; }

    public bool IsDead { get; private set; }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>No step of it is ever run again, not even a <c>finally</c>: as after <c>kill -9</c>.</summary>
    public void Kill() => IsDead = true;

    /// <summary>Starts work on it.</summary>
    public Task Run(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    public Task<T> Run<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    internal void Execute(Task task)
    {
        if (!IsDead)
        {
            TryExecuteTask(task);
        }
    }

    protected override void QueueTask(Task task)
    {
        if (!IsDead)
        {
            _scheduler.Enqueue(this, task);
        }
    }

    // Never in place: each continuation is a step of its own.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
