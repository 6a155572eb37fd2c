using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Parley.Ports;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Parley.Streaming.Kafka.Publishing;

/// <summary>The process's one producer of events: idempotent, so that what it puts into a partition stays in order and is there once.</summary>
/// <remarks>A record alone never gives up: those behind it would overtake it. While the brokers take nothing, all that waits is dropped
/// together, to be rendered anew. How much waits is bounded by those who publish: each has one batch under way.</remarks>
public sealed partial class EventProducer : IDisposable
{
    /// <summary>What may wait in memory for a broker, KiB.</summary>
    private const int MostKilobytes = 64 * 1024;

    /// <summary>How long what was rendered may wait for brokers that take nothing: some of it may be deleted meanwhile, and is not to be told.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>So many times that long a batch may wait of which nothing is taken while others get on: brokers may be slow, and what waits before it much.</summary>
    private const int MostIdle = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly KafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Generation? _present;
    private bool _closed;

    public EventProducer(KafkaOptions options, TimeProvider time, ILogger<EventProducer> logger) =>
        (_options, _time, _logger) = (options, time, logger);

    /// <summary>The client that is in use; null = none is.</summary>
    internal IProducer<byte[], byte[]>? Present => _present?.Producer;

    /// <summary>Puts events into their topics, in their order, and ends when all in-sync replicas have all of them.</summary>
    /// <exception cref="KafkaException">Some may not be there; none is there without those before it of its key.</exception>
    public async Task Publish(IEnumerable<RenderedEvent> events, CancellationToken cancellationToken)
    {
        var generation = Take();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, generation.Broken);
        Error? error;
        try
        {
            error = await Publish(generation, events, enough.Token);
        }
        catch (KafkaException exception)
        {
            error = exception.Error;
        }
        catch (OperationCanceledException) when (generation.Broken.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Its reports may never come.
            error = new Error(ErrorCode.Local_Fatal);
        }

        if (error is null)
        {
            return;
        }

        // What is not put yet is not to be put beside what is rendered anew.
        await enough.CancelAsync();

        // A broken client refuses a record by the name of what broke it.
        if (generation.Broken.IsCancellationRequested || error.IsFatal
            || error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_Fatal or ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight)
        {
            Replace(generation, error.Reason);
        }

        throw new KafkaException(error);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;

            // What waits is published again from the place: nobody waits here for a broker that is away.
            _present?.Producer.Dispose();
            _present?.Dispose();
            _present = null;
        }
    }

    /// <returns>The first error; null = all in-sync replicas have all.</returns>
    private async Task<Error?> Publish(Generation generation, IEnumerable<RenderedEvent> events, CancellationToken cancellationToken)
    {
        var batch = new PublishedBatch(generation.Take);
        var publishing = PutAll(generation.Producer, events, batch, cancellationToken);
        for (var idle = 1; ; idle++)
        {
            var (ofAll, own) = (generation.Taken, batch.Taken);
            try
            {
                return await publishing.WaitAsync(Patience, _time, cancellationToken);
            }
            catch (TimeoutException)
            {
                idle = batch.Taken > own ? 0 : idle;
                if (generation.Taken == ofAll || idle == MostIdle)
                {
                    return new Error(ErrorCode.Local_TimedOut, "the brokers take nothing.");
                }
            }
        }
    }

    private async Task<Error?> PutAll(
        IProducer<byte[], byte[]> producer, IEnumerable<RenderedEvent> events, PublishedBatch batch, CancellationToken cancellationToken)
    {
        foreach (var e in events)
        {
            var (topic, record) = EventRecord.Of(e, _options);
            while (!TryPut(producer, topic, record, batch))
            {
                await Task.Delay(Pause, _time, cancellationToken);
            }
        }

        batch.Close();
        return await batch.Ended.WaitAsync(cancellationToken);
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

    private Generation Take()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return _present ??= new Generation(breaks => new ProducerBuilder<byte[], byte[]>(ConfigOf(_options))
                .SetErrorHandler((_, error) => OnError(error, breaks))
                .SetLogHandler(static (_, _) => { })
                .Build());
        }
    }

    /// <summary>An idempotent producer that met a fatal error is of no use any more: the next batch gets another, and so do all that are under
    /// way.</summary>
    private void Replace(Generation broken, string reason)
    {
        lock (_lock)
        {
            if (_present != broken)
            {
                return;
            }

            LogReplaced(_logger, reason);
            _present = null;
        }

        // Its end may take a moment, and those who wait for it are told first.
        _ = Task.Run(async () =>
        {
            await broken.Break();
            broken.Producer.Dispose();
        });
    }

    private void OnError(Error error, Action breaks)
    {
        if (error.IsFatal)
        {
            breaks();
        }
        else
        {
            LogTrouble(_logger, error.Reason);
        }
    }

    internal static ProducerConfig ConfigOf(KafkaOptions options) => new(options.ClientSettings())
    {
        BootstrapServers = options.BootstrapServers,
        ClientId = "parley-events",
        Acks = Acks.All,
        EnableIdempotence = true,
        MessageTimeoutMs = 0,
        LingerMs = 5,

        // The one that clients of every language read without a further library.
        CompressionType = CompressionType.Gzip,
        QueueBufferingMaxKbytes = MostKilobytes,
        MessageMaxBytes = options.MostRecordBytes,

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

    /// <summary>A client, until a fatal error ends its use.</summary>
    private sealed class Generation : IDisposable
    {
        private readonly CancellationTokenSource _broken = new();
        private long _taken;

        public Generation(Func<Action, IProducer<byte[], byte[]>> make) => Producer = make(() => _ = Break());

        public IProducer<byte[], byte[]> Producer { get; }

        public CancellationToken Broken => _broken.Token;

        /// <summary>How many records the brokers have taken.</summary>
        public long Taken => Interlocked.Read(ref _taken);

        public void Take() => Interlocked.Increment(ref _taken);

        /// <summary>Tells all that wait for it, on other threads than the client's.</summary>
        public Task Break() => _broken.CancelAsync();

        public void Dispose() => _broken.Dispose();
    }
}
