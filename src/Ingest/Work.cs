using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Leaves durable to-dos and wakes the worker that does them.</summary>
public sealed class Work(IWorkList list, IGrainFactory grains, IntakeOptions options, TimeProvider time)
{
    public Task Leave(string tenantId, WorkItem item, CancellationToken cancellationToken) =>
        list.Leave(tenantId, [item], time.GetUtcNow(), cancellationToken);

    /// <summary>Wakes the tenant's worker and waits a moment for it, so that most often readers see the end of it with the answer.</summary>
    /// <remarks>How it ends is no concern of the caller: a to-do is durable, and a clock wakes the worker too.</remarks>
    public async Task Wake(string tenantId)
    {
        var run = grains.GetGrain<ITenantWorkerGrain>(tenantId).Run();
        await Task.WhenAny(run, Task.Delay(options.WaitsForWork, time));
        _ = run.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Current);
    }
}
