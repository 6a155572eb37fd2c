namespace Parley.Grains;

/// <summary>The sends of this process that are under way. When it stops no further one begins, and their answers are waited for.</summary>
/// <remarks>While grains still run: once they end, an answer could not be reported to its conversation any more.</remarks>
public sealed class SendsUnderWay
{
    /// <summary>Longer than a gateway mostly takes; an answer that comes later is lost, and an echo may tell it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _ending;

    /// <returns>False when nothing may begin any more.</returns>
    public bool TryBegin()
    {
        lock (_lock)
        {
            if (_ending)
            {
                return false;
            }

            _count++;
            return true;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _count--;
            TellIfDrained();
        }
    }

    /// <summary>Lets none begin any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _ending = true;
            TellIfDrained();
        }
    }

    /// <summary>Ends when nothing is under way any more, or after some seconds.</summary>
    public async Task Drain(CancellationToken cancellationToken)
    {
        Close();
        try
        {
            await _drained.Task.WaitAsync(Patience, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // What is not answered by now has an unknown outcome.
        }
    }

    private void TellIfDrained()
    {
        if (_ending && _count == 0)
        {
            _drained.TrySetResult();
        }
    }
}
