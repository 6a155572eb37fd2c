namespace Parley.Simulator.Hosting;

/// <summary>One object of a grain class, believing that it is the owner of its key.</summary>
internal sealed class Activation(Node node, GrainId grainId, string name, bool isReentrant) : IGrainContext
{
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _last = Task.CompletedTask;
    private int _running;
    private bool _ended;

    public Node Node { get; } = node;

    public string Name { get; } = name;

    /// <summary>It gets no new calls.</summary>
    public bool IsEnding { get; private set; }

    public object? GrainInstance { get; set; }

    /// <summary>Ends when <c>OnActivateAsync</c> has.</summary>
    public Task Activated { get; set; } = Task.CompletedTask;

    public GrainId GrainId { get; } = grainId;

    public Task Deactivated => _deactivated.Task;

    public IServiceProvider ActivationServices => Node.Services;

    public ActivationId ActivationId => throw new NotSupportedException();

    public GrainReference GrainReference => throw new NotSupportedException();

    public GrainAddress Address => throw new NotSupportedException();

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    /// <summary>Runs a call in it: beside others if its class is reentrant, else after them.</summary>
    public async Task<T> Invoke<T>(Func<object, Task<T>> call)
    {
        _running++;
        try
        {
            await Activated;
            if (isReentrant)
            {
                return await call(GrainInstance!);
            }

            var turn = new TaskCompletionSource();
            var before = _last;
            _last = turn.Task;
            await before;
            try
            {
                return await call(GrainInstance!);
            }
            finally
            {
                turn.SetResult();
            }
        }
        finally
        {
            _running--;
            EndIfIdle();
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        IsEnding = true;
        EndIfIdle();
    }

    private void EndIfIdle()
    {
        if (IsEnding && _running == 0 && !_ended)
        {
            _ended = true;
            _ = Node.Lane.Run(async () =>
            {
                await ((IGrainBase)GrainInstance!).OnDeactivateAsync(new DeactivationReason(DeactivationReasonCode.None, ""), CancellationToken.None);
                _deactivated.SetResult();
            });
        }
    }

    public object? GetTarget() => GrainInstance;

    public object? GetComponent(Type componentType) => null;

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class => throw new NotSupportedException();

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
