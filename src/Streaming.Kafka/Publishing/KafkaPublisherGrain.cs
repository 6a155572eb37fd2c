using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Streaming.Kafka.Publishing;

/// <summary>Publishes the events of one shard while there are any.</summary>
/// <param name="producer">Null in a silo without Kafka: it cannot publish, and says so to whoever wakes it.</param>
[Reentrant]
public sealed partial class KafkaPublisherGrain(
    IGrainContext context,
    IEventLog log,
    IPlaceStore places,
    IEventRenderer renderer,
    TimeProvider time,
    ILogger<KafkaPublisherGrain> logger,
    EventProducer? producer = null,
    PublisherMetrics? metrics = null) : IGrainBase, IKafkaPublisherGrain, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private Task? _running;
    private bool _wanted;

    public IGrainContext GrainContext => context;

    private int Shard => (int)context.GrainId.GetIntegerKey();

    public Task Run()
    {
        if (producer is null || metrics is null)
        {
            throw new InvalidOperationException("This silo knows no Kafka: ConnectionStrings:Kafka must be the same in all of them.");
        }

        // Whoever calls while it runs may know of events that the last look did not see.
        _wanted = true;
        if (_running is null or { IsCompleted: true })
        {
            _running = Work(producer, metrics);
        }

        return Task.CompletedTask;
    }

    public Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        metrics?.Waits(Shard, null);
        return _stop.CancelAsync();
    }

    public void Dispose() => _stop.Dispose();

    private async Task Work(EventProducer kafka, PublisherMetrics figures)
    {
        var stop = _stop.Token;
        var publisher = new ShardPublisher(Shard, log, places, renderer, kafka, figures, logger);
        var pause = TimeSpan.Zero;
        while (_wanted && !stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pause, time, stop);
                _wanted = false;
                if (await publisher.Step(stop))
                {
                    _wanted = true;
                }

                pause = TimeSpan.Zero;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Kafka or the store: what waits goes on waiting in the log.
                LogLater(logger, Shard, e.Message);
                _wanted = true;
                pause = pause == TimeSpan.Zero ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    [LoggerMessage(5121, LogLevel.Warning, "Events of shard {Shard} could not be published and will be soon: {Reason}")]
    private static partial void LogLater(ILogger logger, int shard, string reason);
}
