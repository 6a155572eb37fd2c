using Parley.Ingest;

namespace Parley.Silo;

/// <summary>When the process stops, what was answered and still waits in memory is made durable while grains and store still run.</summary>
internal sealed class IntakeDrain(WebhookIntake intake) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => intake.Drain(cancellationToken);
}
