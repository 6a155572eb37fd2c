using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>The place of an event, by which its consumer says that it is done.</summary>
[GenerateSerializer, Alias("parley.KafkaToken")]
public sealed class KafkaToken : EventSequenceTokenV2
{
    /// <param name="isLast">Whether it is the last event of its record: the record is done with it.</param>
    public KafkaToken(long offset, int index, bool isLast, IDoneObserver? queue)
        : base(offset, index) => (IsLast, Queue) = (isLast, queue);

    [Id(0)]
    public bool IsLast { get; private set; }

    [Id(1)]
    internal IDoneObserver? Queue { get; private set; }

    /// <summary>Says that the event is done, and all before it in its record.</summary>
    /// <returns>When the queue knows it. A failure says nothing: it will be delivered again.</returns>
    public Task Done() => IsLast && Queue is { } queue ? queue.Done(SequenceNumber) : Task.CompletedTask;

    /// <summary>Says that the event of a token is done, where it is one of Kafka's.</summary>
    public static Task Done(StreamSequenceToken? token) => token is KafkaToken kafka ? kafka.Done() : Task.CompletedTask;
}
