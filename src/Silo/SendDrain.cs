using Parley.Grains;

namespace Parley.Silo;

/// <summary>When the process stops, no send begins any more, and what gateways answer to those that are under way is taken in while grains and store
/// still run.</summary>
internal sealed class SendDrain(SendsUnderWay sends) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        // Requests are still served for a while.
        sends.Close();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => sends.Drain(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
