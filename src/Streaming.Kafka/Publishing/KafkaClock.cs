using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Grains.Abstractions;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Streaming.Kafka.Publishing;

/// <summary>Wakes the publishers: at once where events were logged, and by the clock for those of a silo that died. First it makes the topics.</summary>
public sealed partial class KafkaClock(
    KafkaOptions options,
    IGrainFactory grains,
    IEventLog log,
    EventTail tail,
    IPlaceStore places,
    PublisherMetrics metrics,
    TimeProvider time,
    ILogger<KafkaClock> logger,
    ILogger<KafkaTopic> topicLogger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var topics = Task.WhenAll(options.EventTopics(time, topicLogger).Select(static topic => topic.Ensure()));
        while (await Task.WhenAny(topics, Task.Delay(Tick, time, stoppingToken)) != topics)
        {
            stoppingToken.ThrowIfCancellationRequested();
            await Measure(stoppingToken);
        }

        await topics;
        foreach (var shard in Enumerable.Range(0, log.Shards))
        {
            // From here on whoever publishes a shard tells of it.
            metrics.Waits(shard, null);
        }

        await Task.WhenAll(Enumerable.Range(0, log.Shards).Select(shard => Follow(shard, stoppingToken)));
    }

    /// <summary>Tells how long events wait while nobody publishes: this is the figure that shows it.</summary>
    private async Task Measure(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var shard in Enumerable.Range(0, log.Shards))
            {
                var place = await places.ReadPlace(ShardPublisher.NameOf(shard), stoppingToken);
                var next = await log.ReadShard(shard, place ?? 0, 1, stoppingToken);
                metrics.Waits(shard, next.Count > 0 ? next[0].LoggedAt : null);
            }
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogUnknown(logger, e.Message);
        }
    }

    private async Task Follow(int shard, CancellationToken stoppingToken)
    {
        using var watch = tail.Watch(shard);
        while (true)
        {
            var news = watch.Next();
            try
            {
                await grains.GetGrain<IKafkaPublisherGrain>(shard).Run();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The clock comes again.
                LogLater(logger, e.Message);
            }

            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(news, Task.Delay(Tick, time, enough.Token));
            await enough.CancelAsync();
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    [LoggerMessage(5132, LogLevel.Warning, "For how long events wait for Kafka cannot be told now: {Reason}")]
    private static partial void LogUnknown(ILogger logger, string reason);

    [LoggerMessage(5131, LogLevel.Warning, "A publisher to Kafka could not be woken and will be soon: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
