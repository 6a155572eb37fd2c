using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Parley.Ingest.Buffering;

namespace Parley.Streaming.Kafka.Buffering;

/// <summary>Asks Kafka how far the silos' group has the topic done, whoever reads it.</summary>
public sealed partial class KafkaBacklog(KafkaOptions options, ILogger<KafkaBacklog> logger) : IWebhookBacklog, IDisposable
{
    /// <summary>Records are written in another order than they were received, and by other clocks.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>How long a "no" is not asked for anew: many wait for the same, and each look costs requests, or the patience.</summary>
    private static readonly TimeSpan NoLasts = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private readonly TopicPartition[] _places = [.. Enumerable.Range(0, options.Partitions).Select(n => new TopicPartition(options.Webhooks, n))];
    private IConsumer<Ignore, Ignore>? _consumer;
    private (DateTimeOffset UpTo, long At)? _no;

    /// <inheritdoc/>
    public async Task<bool> IsDone(DateTimeOffset upTo, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_no is { } no && upTo >= no.UpTo && Stopwatch.GetElapsedTime(no.At) < NoLasts)
            {
                return false;
            }

            var isDone = await Ask(upTo, cancellationToken);
            _no = isDone ? _no : (upTo, Stopwatch.GetTimestamp());
            return isDone;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _consumer?.Dispose();
        _one.Dispose();
    }

    private async Task<bool> Ask(DateTimeOffset upTo, CancellationToken cancellationToken)
    {
        try
        {
            _consumer ??= Open();
            var consumer = _consumer;

            // The client waits by blocking.
            return await Task.Run(() => IsDone(consumer, upTo + Skew), cancellationToken);
        }
        catch (KafkaException e)
        {
            LogUnknown(logger, e.Error.Reason);
            return false;
        }
    }

    private bool IsDone(IConsumer<Ignore, Ignore> consumer, DateTimeOffset upTo)
    {
        var done = consumer.Committed(_places, Patience).ToDictionary(static p => p.Partition, static p => p.Offset);
        var needed = consumer.OffsetsForTimes(
            _places.Select(place => new TopicPartitionTimestamp(place, new Timestamp(upTo))), Patience);
        return needed.TrueForAll(place =>
        {
            var until = place.Offset;
            if (place.Offset == Offset.End)
            {
                until = consumer.QueryWatermarkOffsets(place.TopicPartition, Patience).High;
            }

            // What Kafka dropped for its age waits no more either.
            var isDone = done[place.Partition];
            return until.Value == 0
                || (!isDone.IsSpecial && isDone >= until)
                || consumer.QueryWatermarkOffsets(place.TopicPartition, Patience).Low >= until;
        });
    }

    /// <summary>It reads no records, and so is no member of the group.</summary>
    internal static ConsumerConfig ConfigOf(KafkaOptions options) => new(options.ClientSettings())
    {
        BootstrapServers = options.BootstrapServers,
        GroupId = options.WebhooksGroup,
        EnableAutoCommit = false,
    };

    private IConsumer<Ignore, Ignore> Open() => new ConsumerBuilder<Ignore, Ignore>(ConfigOf(options))
        .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();

    [LoggerMessage(5201, LogLevel.Information, "Kafka does not tell whether webhooks wait: {Reason}")]
    private static partial void LogUnknown(ILogger logger, string reason);
}
