using Confluent.Kafka;
using Orleans.Streams;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>Writes events of streams to the topic, and makes who reads it.</summary>
internal sealed class KafkaAdapter(
    string name,
    KafkaStreamOptions options,
    StreamRecord records,
    KafkaTopic topic,
    Lazy<IProducer<byte[], byte[]>> producer,
    Func<QueueId, IQueueAdapterReceiver> receive) : IQueueAdapter
{
    public string Name => name;

    /// <summary>What is done is gone: nobody can go back to it.</summary>
    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public async Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        if (token is not null)
        {
            throw new NotSupportedException("The place of an event is its offset, which only Kafka can give.");
        }

        await topic.Ensure();
        var place = new TopicPartition(options.Topic, Partitioning.Of(streamId.GetKeyAsString(), options.Partitions));
        await producer.Value.ProduceAsync(place, records.Write(streamId, [.. events.Cast<object>()]));
    }

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => receive(queueId);
}
