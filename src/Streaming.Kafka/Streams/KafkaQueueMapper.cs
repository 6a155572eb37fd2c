using Orleans.Streams;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>Queue n is partition n. Their places on the ring of silos are spread evenly.</summary>
internal sealed class KafkaQueueMapper : IConsistentRingStreamQueueMapper
{
    private readonly QueueId[] _queues;

    /// <param name="name">The stream provider's.</param>
    public KafkaQueueMapper(string name, int partitions)
    {
        var step = (uint)(0x1_0000_0000L / partitions);
        _queues = [.. Enumerable.Range(0, partitions).Select(n => QueueId.GetQueueId(name, (uint)n, step * (uint)n))];
    }

    public IEnumerable<QueueId> GetAllQueues() => _queues;

    public IEnumerable<QueueId> GetQueuesForRange(IRingRange range) => _queues.Where(queue => range.InRange(queue.GetUniformHashCode()));

    public QueueId GetQueueForStream(StreamId streamId) => _queues[Partitioning.Of(streamId.GetKeyAsString(), _queues.Length)];
}
