using System.Text;
using Confluent.Kafka;
using Orleans.Serialization;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>How events of a stream lie in Kafka. A record that says no namespace was written by somebody else and is an event as it is.</summary>
internal sealed class StreamRecord(Serializer<List<object>> serializer, string defaultNamespace)
{
    private const string NamespaceHeader = "parley-stream-namespace";

    public Message<byte[], byte[]> Write(StreamId streamId, List<object> events) => new()
    {
        Key = Encoding.UTF8.GetBytes(streamId.GetKeyAsString()),
        Value = serializer.SerializeToArray(events),
        Headers = [new Header(NamespaceHeader, Encoding.UTF8.GetBytes(streamId.GetNamespace() ?? ""))],
    };

    public KafkaBatch Read(ConsumeResult<byte[], byte[]> result, IDoneObserver? queue)
    {
        var message = result.Message;
        var key = Encoding.UTF8.GetString(message.Key ?? []);
        var value = message.Value ?? [];
        var headers = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var length = value.Length + key.Length;
        foreach (var header in message.Headers ?? [])
        {
            headers[header.Key] = header.GetValueBytes() ?? [];
            length += header.Key.Length + headers[header.Key].Length;
        }

        var name = headers.TryGetValue(NamespaceHeader, out var named) ? Encoding.UTF8.GetString(named) : null;
        IReadOnlyList<object> events = name is null ? [new KafkaRecord(key, value, headers)] : serializer.Deserialize(value)!;
        return new KafkaBatch(
            StreamId.Create(name ?? defaultNamespace, key), result.Offset.Value, events, length, new DateTimeOffset(message.Timestamp.UtcDateTime), queue);
    }
}
