using Confluent.Kafka;

namespace Parley.Streaming.Kafka;

/// <summary>Whether the library takes the settings of its clients.</summary>
public static class KafkaClients
{
    /// <summary>Makes one client of each kind, as they are used later, and ends it. That needs no broker.</summary>
    /// <returns>Why the library refuses the settings, in its words; null = it takes them.</returns>
    public static string? Fault(KafkaOptions options)
    {
        try
        {
            Producers.Make(options.BootstrapServers, options.Client, options.MostRecordBytes).Dispose();
            MakeOrdered(options).Dispose();
            MakeConsumer(options).Dispose();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            return e.Message;
        }
    }

    /// <summary>That of events: what it needs for their order allows less.</summary>
    private static IProducer<byte[], byte[]> MakeOrdered(KafkaOptions options) =>
        new ProducerBuilder<byte[], byte[]>(new ProducerConfig(options.ClientSettings())
        {
            BootstrapServers = options.BootstrapServers,
            Acks = Acks.All,
            EnableIdempotence = true,
            MessageMaxBytes = options.MostRecordBytes,
        }).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();

    private static IConsumer<byte[], byte[]> MakeConsumer(KafkaOptions options) =>
        new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(options.ClientSettings())
        {
            BootstrapServers = options.BootstrapServers,
            GroupId = options.WebhooksGroup,
        }).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
}
