using Xunit.Sdk;

namespace Parley.Api.Tests;

/// <summary>The api node of three silos on MongoDB, in the place of the one process; each test has a tenant of its own.</summary>
public sealed class SharedProcess : IAsyncLifetime
{
    private TestCluster? _cluster;
    private ParleyProcess? _api;
    private Exception? _missing;

    public ParleyProcess Parley => _missing is null ? _api ?? throw new InvalidOperationException("It is not started.") : throw _missing;

    public async ValueTask InitializeAsync()
    {
        try
        {
            _cluster = await TestCluster.New();
        }
        catch (SkipException missing)
        {
            // Only a test can be skipped: what is missing is told whoever asks.
            _missing = missing;
            return;
        }

        _api = (await _cluster.StartAll("silo", "silo", "silo", "api"))[^1];
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}
