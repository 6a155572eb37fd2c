namespace Parley.Scenarios.Tests;

/// <summary>One process for all scenarios; each has a tenant of its own.</summary>
public sealed class SharedProcess : IAsyncLifetime
{
    private ParleyProcess? _parley;

    public ParleyProcess Parley => _parley ?? throw new InvalidOperationException("It is not started.");

    public async ValueTask InitializeAsync() => _parley = await ParleyProcess.Start();

    public async ValueTask DisposeAsync()
    {
        if (_parley is not null)
        {
            await _parley.DisposeAsync();
        }
    }
}
