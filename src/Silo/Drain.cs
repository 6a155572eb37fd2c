using Parley.Grains;
using Parley.Ingest;

namespace Parley.Silo;

/// <summary>When the process stops, no send begins any more. What gateways answer to those that are under way is taken in, and edits that were
/// answered and still wait in memory are made durable, while grains and store still run.</summary>
internal sealed class Drain(SendsUnderWay sends, WebhookIntake intake) : IHostedLifecycleService
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

    /// <summary>Both at once: neither takes from the other's time.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(sends.Drain(cancellationToken), intake.Drain(cancellationToken));

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
