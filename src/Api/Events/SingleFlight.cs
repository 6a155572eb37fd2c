namespace Parley.Api.Events;

/// <summary>Shares work that many want at the same moment, and only then: whoever comes when it is done has it done again.</summary>
/// <remarks>What is read this way is never older than the time that reading it took.</remarks>
internal sealed class SingleFlight<TKey, TResult>
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Task<TResult>> _flights = [];

    /// <param name="work">Ends by itself, whoever of those who wait for it goes away.</param>
    public Task<TResult> Join(TKey key, Func<Task<TResult>> work)
    {
        lock (_lock)
        {
            if (_flights.TryGetValue(key, out var flight))
            {
                return flight;
            }

            return _flights[key] = Fly(key, work);
        }
    }

    private async Task<TResult> Fly(TKey key, Func<Task<TResult>> work)
    {
        // Not under the lock of the caller, and not before the others can see it.
        await Task.Yield();
        try
        {
            return await work();
        }
        finally
        {
            lock (_lock)
            {
                _flights.Remove(key);
            }
        }
    }
}
