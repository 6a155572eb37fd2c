namespace Parley.BlackBox;

/// <summary>One process, which its test takes away and brings back.</summary>
public sealed class SwitchedTarget(Uri address) : ITarget
{
    private volatile TaskCompletionSource<Uri> _up = Ready(address);

    public Task<Uri> Next() => _up.Task;

    /// <summary>From now on it is gone.</summary>
    public void Down() => _up = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It listens again, somewhere.</summary>
    public void Up(Uri address) => _up.TrySetResult(address);

    private static TaskCompletionSource<Uri> Ready(Uri address)
    {
        var source = new TaskCompletionSource<Uri>();
        source.SetResult(address);
        return source;
    }
}
