using Confluent.Kafka;
using Parley.Streaming.Kafka.Buffering;
using Parley.Streaming.Kafka.Publishing;
using Parley.Streaming.Kafka.Streams;

namespace Parley.Streaming.Kafka;

/// <summary>Whether the library takes the settings of its clients.</summary>
public static class KafkaClients
{
    /// <summary>Makes one client of each kind that will be used, and ends it. That needs no broker.</summary>
    /// <param name="isBuffered">Whether webhooks are kept in Kafka before they are taken in.</param>
    /// <returns>Why the library refuses the settings, in its words; null = it takes them.</returns>
    public static string? Fault(KafkaOptions options, bool isBuffered)
    {
        try
        {
            Try(EventProducer.ConfigOf(options));
            if (isBuffered)
            {
                Producers.Make(options.BootstrapServers, options.Client, options.MostRecordBytes).Dispose();
                Try(KafkaReceiver.ConfigOf(BufferedIngest.StreamOf(options)));
                Try(KafkaBacklog.ConfigOf(options));
            }

            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            return e.Message;
        }
    }

    private static void Try(ProducerConfig config) =>
        new ProducerBuilder<byte[], byte[]>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build().Dispose();

    private static void Try(ConsumerConfig config) =>
        new ConsumerBuilder<byte[], byte[]>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build().Dispose();
}
