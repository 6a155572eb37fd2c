using Confluent.Kafka;
using Parley.Ingest.Buffering;
using Parley.Streaming.Kafka.Streams;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Parley.Streaming.Kafka.Buffering;

/// <summary>Keeps webhooks in a topic, those of one instance in one partition.</summary>
public sealed class KafkaWebhookBuffer : IWebhookBuffer, IDisposable
{
    /// <summary>What a record has beside its body: its key, its headers, and what Kafka adds.</summary>
    private const int Envelope = 16 * 1024;

    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(3);

    private readonly KafkaOptions _options;
    private readonly KafkaTopic _topic;
    private readonly Lazy<IProducer<byte[], byte[]>> _producer;

    internal KafkaWebhookBuffer(KafkaOptions options, KafkaTopic topic)
    {
        (_options, _topic) = (options, topic);
        _producer = new(() => Producers.Make(options.BootstrapServers, options.Client, options.MostRecordBytes));
    }

    /// <inheritdoc/>
    public int MostBodyBytes => _options.MostRecordBytes - Envelope;

    /// <inheritdoc/>
    public async Task Put(BufferedWebhook webhook, CancellationToken cancellationToken)
    {
        await _topic.Ensure().WaitAsync(cancellationToken);
        var place = new TopicPartition(_topic.Name, Partitioning.Of(webhook.Key, _options.Partitions));
        try
        {
            await _producer.Value.ProduceAsync(place, WebhookRecord.Write(webhook), cancellationToken).WaitAsync(cancellationToken);
        }
        catch (ProduceException<byte[], byte[]> e) when (e.Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize)
        {
            throw new BufferBodyTooLargeException(e);
        }
        catch (KafkaException e)
        {
            throw new BufferUnavailableException($"Kafka did not take a webhook: {e.Error.Reason}", e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Kafka is asked for the topic by its name only when that is there: whoever asks for one that is not makes the broker make it.</remarks>
    public async Task<bool> IsThere(CancellationToken cancellationToken)
    {
        if (!_topic.Ensure().IsCompletedSuccessfully)
        {
            return false;
        }

        try
        {
            using var admin = new DependentAdminClientBuilder(_producer.Value.Handle).Build();

            // The client waits by blocking.
            var metadata = await Task.Run(() => admin.GetMetadata(_topic.Name, ProbePatience), cancellationToken);
            return metadata.Topics.TrueForAll(static topic =>
                !topic.Error.IsError && topic.Partitions.TrueForAll(static partition => partition.Leader >= 0));
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    /// <summary>Waits a moment for what is on its way.</summary>
    public void Dispose()
    {
        if (_producer.IsValueCreated)
        {
            _producer.Value.Flush(FlushPatience);
            _producer.Value.Dispose();
        }
    }
}
