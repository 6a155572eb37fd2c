using Parley.Ports;

namespace Parley.Storage.Sqlite.Writing;

/// <summary>One caller's work for the writer.</summary>
internal abstract class WriteJob(int rows)
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Withdrawn = 2;

    private int _state;

    /// <summary>About how many rows it writes: bounds a transaction.</summary>
    public int Rows { get; } = rows;

    /// <summary>Takes the job for a transaction.</summary>
    /// <returns>False when its caller has withdrawn it.</returns>
    public bool TryStart() => Interlocked.CompareExchange(ref _state, Started, Waiting) == Waiting;

    /// <summary>Takes the job back, so that nothing of it happens.</summary>
    /// <returns>False when the writer has it already.</returns>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting;

    /// <summary>Does the work inside the transaction. May run twice, the first time having been rolled back.</summary>
    public abstract void Run(WriteTransaction transaction);

    /// <summary>Its own rows were rolled back because of this; the transaction goes on without them.</summary>
    public abstract void Refuse(Exception exception);

    /// <summary>The transaction is durable: the caller gets its answer.</summary>
    public abstract void Complete();

    public abstract void Fail(StoreException exception);
}

/// <param name="work">Runs on the writer's thread, perhaps twice.</param>
/// <param name="refused">The answer when a unique index refused its rows; null makes that a failure.</param>
internal sealed class WriteJob<T>(int rows, Func<WriteTransaction, T> work, Func<Exception, T?>? refused = null) : WriteJob(rows)
    where T : notnull
{
    // The writer must not run what its callers do next.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private StoreException? _refusal;

    public Task<T> Answer => _answer.Task;

    public override void Run(WriteTransaction transaction)
    {
        _refusal = null;
        _result = work(transaction);
    }

    public override void Refuse(Exception exception)
    {
        if (refused is not null && refused(exception) is { } answer)
        {
            _result = answer;
        }
        else
        {
            _refusal = new StoreUnavailableException("The store refused this change; nothing of it happened.", exception);
        }
    }

    public override void Complete()
    {
        if (_refusal is not null)
        {
            _answer.TrySetException(_refusal);
        }
        else
        {
            _answer.TrySetResult(_result!);
        }
    }

    public override void Fail(StoreException exception) => _answer.TrySetException(exception);
}
