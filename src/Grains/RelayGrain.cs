using Orleans.Concurrency;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Numbers the events of one shard.</summary>
[Reentrant]
public sealed class RelayGrain(IGrainContext context, IEventRelay relay) : IGrainBase, IRelayGrain
{
    /// <summary>Events of one transaction: more of them take as long to write as they save.</summary>
    private const int BatchSize = 500;

    private Task? _running;
    private bool _wanted;

    public IGrainContext GrainContext => context;

    public Task Run()
    {
        // Whoever calls while it runs may have left events that the last look did not see.
        _wanted = true;
        return _running is { IsCompleted: false } running ? running : _running = RunAll();
    }

    private async Task RunAll()
    {
        var shard = (int)context.GrainId.GetIntegerKey();
        while (_wanted)
        {
            _wanted = false;
            while (await relay.Relay(shard, BatchSize, CancellationToken.None) > 0)
            {
            }
        }
    }
}
