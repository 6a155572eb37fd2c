using Orleans.Messaging;

namespace Parley.Silo;

/// <summary>Ends the calls of an api node that were on their way when a silo left the cluster.</summary>
/// <remarks>A client hands its call to any silo, which sends it on to the one that owns the grain; when that one dies nobody tells the client,
/// and it would wait for the whole response timeout. Which call was meant for which silo is not known here, so all of them end, as calls that
/// may have happened or not: they are harmless when repeated, and whoever made them repeats them.</remarks>
internal sealed partial class LostSilos(IGatewayListProvider silos, TimeProvider time, ILogger<LostSilos> logger) : BackgroundService, IOutgoingGrainCallFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Looks at the list within which calls are ended after a loss. For the first seconds the client may still hand a repeated call to the
    /// very silo that is lost: it reads the list at its own pace.</summary>
    private const int Looks = 4;

    /// <summary>The look, counted from the last one, that ends no call: whoever repeats a call three times is left one try that nobody ends, however
    /// long each takes.</summary>
    private const int Spared = 1;

    private volatile TaskCompletionSource _lost = NewLoss();

    /// <inheritdoc/>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var lost = _lost.Task;
        var call = context.Invoke();
        if (await Task.WhenAny(call, lost) == call)
        {
            await call;
            return;
        }

        _ = call.ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        throw new SiloUnavailableException("A silo left the cluster while this call was on its way: it may have happened or not.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        var (known, left) = (new HashSet<Uri>(), 0);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = (await silos.GetGatewaysAsync(stoppingToken)).ToHashSet();
                if (known.Except(now).Any())
                {
                    Left();
                    left = Looks;
                }

                known = now;
                if (left > 0 && --left != Spared)
                {
                    Interlocked.Exchange(ref _lost, NewLoss()).TrySetResult();
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Nobody can leave while nobody can be asked.
                NotAsked(e.GetType().Name);
            }
        }
    }

    private static TaskCompletionSource NewLoss() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(3011, LogLevel.Information, "A silo left the cluster: calls on their way are made again.")]
    private partial void Left();

    [LoggerMessage(3012, LogLevel.Debug, "The silos of the cluster could not be asked for: {Kind}.")]
    private partial void NotAsked(string kind);
}
