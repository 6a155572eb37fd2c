namespace Parley.GatewaySimulator.Instances;

/// <summary>An instance's only queue of what WhatsApp tells it. <c>messages.edited</c> is waited for in it, all else is not.</summary>
internal sealed class EventQueue(SimulatedGateway gateway)
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Handles an event after those before it.</summary>
    /// <param name="handle">Holds up the events behind it until its task ends.</param>
    public void Add(Func<Task> handle)
    {
        lock (_lock)
        {
            _last = gateway.Work.Run(After(_last, handle));
        }
    }

    public void Add(Action handle) => Add(() =>
    {
        handle();
        return Task.CompletedTask;
    });

    private static Func<Task> After(Task before, Func<Task> handle) => async () =>
    {
        await before;
        await handle();
    };
}
