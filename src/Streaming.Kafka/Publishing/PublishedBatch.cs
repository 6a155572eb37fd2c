using Confluent.Kafka;

namespace Parley.Streaming.Kafka.Publishing;

/// <summary>Counts the delivery reports of one batch, which come on the client's own thread.</summary>
/// <param name="taken">Called for each record that the brokers took.</param>
internal sealed class PublishedBatch(Action taken)
{
    // The client's thread must not run what its callers do next.
    private readonly TaskCompletionSource<Error?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Records under way, and one for the batch while it is being put.</summary>
    private int _open = 1;
    private int _taken;
    private Error? _error;

    /// <summary>Ends when every record has its report: with the first error, or null.</summary>
    public Task<Error?> Ended => _ended.Task;

    /// <summary>How many of its records the brokers have taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public void Begin() => Interlocked.Increment(ref _open);

    /// <summary>The record was not taken.</summary>
    public void Withdraw() => Close();

    public void End(DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
        {
            Interlocked.CompareExchange(ref _error, report.Error, null);
        }
        else
        {
            Interlocked.Increment(ref _taken);
            taken();
        }

        Close();
    }

    /// <summary>All records are put.</summary>
    public void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _ended.TrySetResult(Volatile.Read(ref _error));
        }
    }
}
