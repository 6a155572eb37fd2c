using Orleans.Concurrency;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Numbers the events of one shard.</summary>
/// <param name="relay">Null where the store numbers events in the commit: then nothing ever waits.</param>
[Reentrant]
public sealed class RelayGrain(IGrainContext context, IEventRelay? relay = null) : IGrainBase, IRelayGrain
{
    /// <summary>Events of one transaction: more of them take as long to write as they save.</summary>
    private const int BatchSize = 500;

    private Task? _running;
    private bool _wanted;

    public IGrainContext GrainContext => context;

    public Task Run()
    {
        if (relay is null)
        {
            return Task.CompletedTask;
        }

        // Whoever calls while it runs may have left events that the last look did not see.
        _wanted = true;
        return _running is { IsCompleted: false } running ? running : _running = RunAll(relay);
    }

    private async Task RunAll(IEventRelay source)
    {
        var shard = (int)context.GrainId.GetIntegerKey();
        while (_wanted)
        {
            _wanted = false;
            while (await source.Relay(shard, BatchSize, CancellationToken.None) > 0)
            {
            }
        }
    }
}
