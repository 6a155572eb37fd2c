namespace Parley.Grains;

/// <summary>Runs actions of one grain one after another, in the order in which they were asked for.</summary>
/// <remarks>Not thread-safe: lives on its grain's scheduler, where calls interleave only at awaits.</remarks>
internal sealed class SerialQueue
{
    private Task _last = Task.CompletedTask;

    public Task<T> Run<T>(Func<Task<T>> action)
    {
        var task = RunAfter(_last, action);
        _last = task;
        return task;
    }

    private static async Task<T> RunAfter<T>(Task before, Func<Task<T>> action)
    {
        // How the one before ended is its caller's affair.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return await action();
    }
}
