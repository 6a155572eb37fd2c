namespace Parley.Silo;

/// <summary>Gives memory back when it has become quiet.</summary>
/// <remarks>Grains leave after some idle minutes, but without new allocations no collection runs and the process keeps what a rush needed.
/// Under load the collector does well by itself, so this one waits until next to nothing is allocated: it collects when it has just become
/// quiet, and once more when the grains of the rush have left.</remarks>
internal sealed class QuietCollector(TimeProvider time) : BackgroundService
{
    private const long QuietBytes = 32L << 20;

    /// <summary>Ticks of quiet after which idle conversations are gone: their age of two minutes, and the collection's own pace.</summary>
    private const int GrainsGone = 7;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        var (last, quiet) = (GC.GetTotalAllocatedBytes(), 0);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var allocated = GC.GetTotalAllocatedBytes();
            quiet = allocated - last < QuietBytes ? quiet + 1 : 0;
            last = allocated;
            if (quiet is 1 or GrainsGone)
            {
                // Aggressive: compacts, and returns the memory to the system.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }
        }
    }
}
