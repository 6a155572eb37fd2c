namespace Parley.Scenarios.Tests;

/// <summary>Three silos on MongoDB behind an api node, for all scenarios; each has a tenant of its own.</summary>
public sealed class SharedCluster : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private TestCluster? _cluster;
    private ParleyProcess? _api;

    /// <summary>The api node. Started by the first test that asks: only a test can be skipped.</summary>
    public async Task<ParleyProcess> Api()
    {
        await _once.WaitAsync();
        try
        {
            if (_api is null)
            {
                _cluster = await TestCluster.New();
                _api = (await _cluster.StartAll("silo", "silo", "silo", "api"))[^1];
            }

            return _api;
        }
        finally
        {
            _once.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _once.Dispose();
    }
}
