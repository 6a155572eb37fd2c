namespace Parley.Api.Tests;

/// <summary>One process that ends and starts again on the data that it had.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private ParleyProcess? _parley;

    private Installation()
    {
    }

    public static Task<Installation> New() => Task.FromResult(new Installation());

    public async Task<ParleyProcess> Start(params string[] settings) => _parley = await ParleyProcess.Start(_directory.Path, settings);

    /// <summary>Ends it at once. To Parley it will have been away for long enough to have missed something.</summary>
    public async Task End() => await _parley!.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_parley is not null)
        {
            await _parley.DisposeAsync();
        }

        _directory.Dispose();
    }
}
