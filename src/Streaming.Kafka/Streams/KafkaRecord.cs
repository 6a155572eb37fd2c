namespace Parley.Streaming.Kafka.Streams;

/// <summary>A record as it lies in Kafka: what subscribers get of what nobody's stream adapter wrote.</summary>
[GenerateSerializer, Immutable, Alias("parley.KafkaRecord")]
public sealed record KafkaRecord(
    [property: Id(0)] string Key,
    [property: Id(1)] ReadOnlyMemory<byte> Value,
    [property: Id(2)] IReadOnlyDictionary<string, byte[]> Headers);
