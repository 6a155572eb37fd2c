using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>Asks Kafka every few seconds where the partitions end that this silo reads, so that what is there and was not read is known to
/// wait.</summary>
/// <remarks>Those who read are told of new records alone, and of nothing while their broker is away.</remarks>
internal sealed partial class KafkaEnds(KafkaStreamOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Task _asking = Task.CompletedTask;
    private long? _asked;
    private IAdminClient? _client;

    /// <summary>Asks if it is time to, and does not wait for the answer.</summary>
    public void Ask(KafkaQueues queues)
    {
        lock (_lock)
        {
            if (_asking.IsCompleted && (_asked is not { } asked || time.GetElapsedTime(asked) >= Every))
            {
                _asked = time.GetTimestamp();
                _asking = Task.Run(() => AskAll(queues.All));
            }
        }
    }

    public void Dispose() => _client?.Dispose();

    private async Task AskAll(IReadOnlyList<(KafkaQueue Queue, int Partition)> all)
    {
        var asOf = time.GetUtcNow();
        try
        {
            _client ??= Open();
            var told = await _client.ListOffsetsAsync(
                all.Select(q => new TopicPartitionOffsetSpec
                {
                    TopicPartition = new TopicPartition(options.Topic, q.Partition),
                    OffsetSpec = OffsetSpec.Latest(),
                }),
                new ListOffsetsOptions { RequestTimeout = Patience });
            var ends = told.ResultInfos.ToDictionary(static info => info.TopicPartitionOffsetError.Partition.Value, static info => info.TopicPartitionOffsetError);
            foreach (var (queue, partition) in all)
            {
                if (ends.TryGetValue(partition, out var end) && !end.Error.IsError)
                {
                    queue.Ends(end.Offset.Value, asOf);
                }
            }
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            // The age of what waits tells it. The client does not find out by itself that a partition has another leader, or the same anew.
            LogNotTold(logger, e.Message);
            _client?.Dispose();
            _client = null;
        }
    }

    private IAdminClient Open() =>
        new AdminClientBuilder(new AdminClientConfig(new Dictionary<string, string>(options.Client, StringComparer.Ordinal)) { BootstrapServers = options.BootstrapServers })
            .SetErrorHandler(static (_, _) => { })
            .SetLogHandler(static (_, _) => { })
            .Build();

    [LoggerMessage(5104, LogLevel.Debug, "Kafka does not tell where the partitions end: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string reason);
}
