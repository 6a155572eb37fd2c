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
    TimeProvider time,
    ILogger<KafkaClock> logger,
    ILogger<KafkaTopic> topicLogger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(options.EventTopics(time, topicLogger).Select(static topic => topic.Ensure())).WaitAsync(stoppingToken);
        await Task.WhenAll(Enumerable.Range(0, log.Shards).Select(shard => Follow(shard, stoppingToken)));
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

    [LoggerMessage(5131, LogLevel.Warning, "A publisher to Kafka could not be woken and will be soon: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
