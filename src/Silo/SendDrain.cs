using Parley.Grains;

namespace Parley.Silo;

/// <summary>When the process stops, what gateways answer to sends that are under way is taken in while grains and store still run.</summary>
internal sealed class SendDrain(SendsUnderWay sends) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => sends.Drain(cancellationToken);
}
