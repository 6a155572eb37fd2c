namespace Parley.Api.Tests;

/// <summary>One process for all tests that do not stop it; each test has a tenant of its own.</summary>
public sealed class SharedProcess : IAsyncLifetime
{
    /// <summary>Tenants' URLs may lead to one private address, a gateway has seconds, not minutes, to answer a send, event streams show
    /// twice a second that they live, and what a message is named by may be a second ahead of it.</summary>
    private static readonly string[] Settings =
    [
        "--Parley:AllowedPrivateNetworks:0", $"{MediaServer.Host}/32", "--Parley:SendTimeout", "00:00:06", "--Parley:Sends:Grace", "00:00:02",
        "--Parley:Events:Heartbeat", "00:00:00.5",
        "--Parley:Intake:MissingAfter", "00:00:01",
        "--Parley:Webhooks:Timeout", "00:00:10", .. HookReceiver.Schedule,
    ];

    private ParleyProcess? _parley;

    public ParleyProcess Parley => _parley ?? throw new InvalidOperationException("It is not started.");

    public async ValueTask InitializeAsync() => _parley = await ParleyProcess.Start(null, Settings);

    public async ValueTask DisposeAsync()
    {
        if (_parley is not null)
        {
            await _parley.DisposeAsync();
        }
    }
}
