using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Orleans.Streams;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>Puts the parts of a stream provider over one topic together.</summary>
internal sealed class KafkaAdapterFactory(string name, KafkaStreamOptions options, IServiceProvider services)
    : IQueueAdapterFactory, IQueueAdapterCache, IDisposable
{
    private readonly KafkaQueueMapper _mapper = new(name, options.Partitions);
    private readonly ConcurrentDictionary<QueueId, KafkaQueue> _queues = [];
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private readonly StreamRecord _records = new(services.GetRequiredService<Serializer<List<object>>>(), options.Namespace);
    private readonly KafkaQueues _all = new();
    private readonly KafkaEnds _ends = new(
        options, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILoggerFactory>().CreateLogger<KafkaEnds>());

    private readonly KafkaTopic _topic = new(
        options.BootstrapServers,
        options.Client,
        options.Topic,
        options.Partitions,
        options.Partitions,
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<KafkaTopic>>());

    private readonly Lazy<IProducer<byte[], byte[]>> _producer = new(() => Producers.Make(options.BootstrapServers, options.Client));

    /// <summary>Bytes of records in memory that are not done.</summary>
    internal long WaitingBytes => _all.Bytes;

    [Obsolete("Use the overload which accepts a CancellationToken.")]
    public Task<IQueueAdapter> CreateAdapter() => CreateAdapter(CancellationToken.None);

    public Task<IQueueAdapter> CreateAdapter(CancellationToken cancellationToken) => Task.FromResult<IQueueAdapter>(
        new KafkaAdapter(name, options, _records, _topic, _producer, Receive));

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(new KeepingFailureHandler());

    /// <summary>Who takes a queue asks for its cache first and for its receiver then: both are of one account.</summary>
    public IQueueCache CreateQueueCache(QueueId queueId) => _queues[queueId] = new KafkaQueue(options, _time);

    public void Dispose()
    {
        _all.Dispose();
        _ends.Dispose();
        if (_producer.IsValueCreated)
        {
            _producer.Value.Dispose();
        }
    }

    private KafkaReceiver Receive(QueueId queueId) => new(
        options,
        (int)queueId.GetNumericId(),
        _queues[queueId],
        _records,
        services.GetRequiredService<IGrainFactory>().CreateObjectReference<IDoneObserver>,
        _topic,
        _all,
        _ends,
        services.GetRequiredService<ILoggerFactory>().CreateLogger<KafkaReceiver>());
}
