using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Parley.Ports;

namespace Parley.Streaming.Kafka.Publishing;

using ErrorCode = Confluent.Kafka.ErrorCode;

/// <summary>The process's one producer of events: idempotent, so that what it puts into a partition stays in order and is there once.</summary>
/// <remarks>A record waits without end for its broker: if one could give up, those behind it would overtake it. How much waits is bounded by
/// those who publish: each has one batch under way.</remarks>
public sealed partial class EventProducer : IDisposable
{
    /// <summary>What may wait in memory for a broker, KiB.</summary>
    private const int MostKilobytes = 64 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly KafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private IProducer<byte[], byte[]>? _producer;
    private bool _closed;

    public EventProducer(KafkaOptions options, TimeProvider time, ILogger<EventProducer> logger) =>
        (_options, _time, _logger) = (options, time, logger);

    /// <summary>Puts events into their topics, in their order, and ends when all in-sync replicas have all of them.</summary>
    /// <exception cref="KafkaException">Some may not be there; none is there without those before it of its key.</exception>
    public async Task Publish(IEnumerable<RenderedEvent> events, CancellationToken cancellationToken)
    {
        var producer = Producer();
        var batch = new PublishedBatch();
        try
        {
            foreach (var e in events)
            {
                var (topic, record) = EventRecord.Of(e, _options);
                while (!TryPut(producer, topic, record, batch))
                {
                    await Task.Delay(Pause, _time, cancellationToken);
                }
            }
        }
        catch (KafkaException exception) when (exception.Error.IsFatal)
        {
            Replace(producer, exception.Error.Reason);
            throw;
        }

        batch.Close();
        var error = await batch.Ended.WaitAsync(cancellationToken);
        if (error is null)
        {
            return;
        }

        if (error.IsFatal || error.Code is ErrorCode.Local_Fatal or ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight)
        {
            Replace(producer, error.Reason);
        }

        throw new KafkaException(error);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            End(_producer);
            _producer = null;
        }
    }

    /// <returns>False when as much waits as may.</returns>
    private static bool TryPut(IProducer<byte[], byte[]> producer, string topic, Message<byte[], byte[]> record, PublishedBatch batch)
    {
        batch.Begin();
        try
        {
            producer.Produce(topic, record, batch.End);
            return true;
        }
        catch (ProduceException<byte[], byte[]> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
        {
            batch.Withdraw();
            return false;
        }
    }

    private static void End(IProducer<byte[], byte[]>? producer)
    {
        // What waits is published again from the place: nobody may wait here for a broker that is away.
        producer?.Dispose();
    }

    private IProducer<byte[], byte[]> Producer()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return _producer ??= new ProducerBuilder<byte[], byte[]>(Config())
                .SetErrorHandler(OnError)
                .SetLogHandler(static (_, _) => { })
                .Build();
        }
    }

    /// <summary>An idempotent producer that met a fatal error is of no use any more: the next batch gets another.</summary>
    private void Replace(IProducer<byte[], byte[]> broken, string reason)
    {
        lock (_lock)
        {
            if (_producer != broken)
            {
                return;
            }

            LogReplaced(_logger, reason);
            _producer = null;
        }

        End(broken);
    }

    private void OnError(IProducer<byte[], byte[]> producer, Error error)
    {
        if (!error.IsFatal)
        {
            LogTrouble(_logger, error.Reason);
        }
    }

    private ProducerConfig Config() => new(_options.ClientSettings())
    {
        BootstrapServers = _options.BootstrapServers,
        ClientId = "parley-events",
        Acks = Acks.All,
        EnableIdempotence = true,
        MessageTimeoutMs = 0,
        LingerMs = 5,

        // The one that clients of every language read without a further library.
        CompressionType = CompressionType.Gzip,
        QueueBufferingMaxKbytes = MostKilobytes,
        MessageMaxBytes = _options.MostRecordBytes,

        // As the clients on the JVM do, so that whoever writes with the same key finds the same partition.
        Partitioner = Partitioner.Murmur2Random,
        DeliveryReportFields = "status",

        // A broker that comes back is to be found within a moment.
        ReconnectBackoffMs = 50,
        ReconnectBackoffMaxMs = 1_000,
    };

    [LoggerMessage(5101, LogLevel.Warning, "The producer of events is broken and is replaced: {Reason}")]
    private static partial void LogReplaced(ILogger logger, string reason);

    [LoggerMessage(5102, LogLevel.Warning, "Kafka, to which events are published, has trouble: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string reason);
}
