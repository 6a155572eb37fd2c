using Xunit.Sdk;

namespace Parley.Api.Tests;

/// <summary>The api node of three silos on MongoDB, in the place of the one process; each test has a tenant of its own.</summary>
public sealed class SharedProcess : IAsyncLifetime
{
    /// <summary>As those of the one process.</summary>
    private static readonly string[] Settings =
    [
        "--Parley:AllowedPrivateNetworks:0", $"{MediaServer.Host}/32", "--Parley:SendTimeout", "00:00:06", "--Parley:Sends:Grace", "00:00:02",
        "--Parley:Events:Heartbeat", "00:00:00.5",
        "--Parley:Intake:MissingAfter", "00:00:01",
        "--Parley:Webhooks:Timeout", "00:00:10", .. HookReceiver.Schedule,
    ];

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

        _api = (await Task.WhenAll(((string[])["silo", "silo", "silo", "api"]).Select(role => _cluster.Start(role, Settings))))[^1];
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}
