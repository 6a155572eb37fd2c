using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>One record on its way to its subscribers.</summary>
[GenerateSerializer, Alias("parley.KafkaBatch")]
internal sealed class KafkaBatch : IBatchContainer
{
    /// <summary>What a record costs in memory beside its bytes.</summary>
    private const int Overhead = 512;

    public KafkaBatch(StreamId streamId, long offset, IReadOnlyList<object> events, int length, DateTimeOffset writtenAt, IDoneObserver? queue) =>
        (StreamId, Offset, Events, Bytes, WrittenAt, Queue) = (streamId, offset, events, length + Overhead, writtenAt, queue);

    [Id(0)]
    public StreamId StreamId { get; private set; }

    [Id(1)]
    public long Offset { get; private set; }

    [Id(2)]
    public IReadOnlyList<object> Events { get; private set; }

    [Id(3)]
    public IDoneObserver? Queue { get; private set; }

    /// <summary>What it is counted as, bytes. Known where it was read alone.</summary>
    [field: NonSerialized]
    public int Bytes { get; }

    /// <summary>By the record's own time. Known where it was read alone.</summary>
    [field: NonSerialized]
    public DateTimeOffset WrittenAt { get; }

    public StreamSequenceToken SequenceToken => new EventSequenceTokenV2(Offset);

    /// <remarks>An event of another type is a failure of its consumer, so that it is not taken for done.</remarks>
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => Events.Select((e, i) =>
        Tuple.Create<T, StreamSequenceToken>((T)e, new KafkaToken(Offset, i, isLast: i == Events.Count - 1, Queue)));

    public bool ImportRequestContext() => false;
}
