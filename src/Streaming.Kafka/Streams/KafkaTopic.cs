using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>A topic that is made where it is missing, before anybody writes to it or reads it.</summary>
/// <remarks>A broker may make topics by itself for whoever names them, with another number of partitions.</remarks>
public sealed partial class KafkaTopic(
    string servers, IReadOnlyDictionary<string, string> client, string name, int partitions, TimeProvider time, ILogger<KafkaTopic> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task? _ensuring;

    public string Name => name;

    /// <summary>Ends when the topic is there; it is tried until then.</summary>
    public Task Ensure()
    {
        lock (_lock)
        {
            return _ensuring ??= Task.Run(EnsureUntilDone);
        }
    }

    private async Task EnsureUntilDone()
    {
        while (true)
        {
            try
            {
                using var admin = new AdminClientBuilder(new AdminClientConfig(new Dictionary<string, string>(client, StringComparer.Ordinal)) { BootstrapServers = servers })
                    .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
                await Make(admin);
                var found = admin.GetMetadata(name, Patience).Topics.Single().Partitions.Count;
                if (found >= partitions)
                {
                    return;
                }

                LogTooFew(logger, name, found, partitions);
            }
            catch (KafkaException e)
            {
                LogAway(logger, name, e.Error.Reason);
            }

            await Task.Delay(Pause, time);
        }
    }

    private async Task Make(IAdminClient admin)
    {
        try
        {
            var topic = new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = -1 };
            await admin.CreateTopicsAsync([topic], new CreateTopicsOptions { RequestTimeout = Patience, OperationTimeout = Patience });
            LogMade(logger, name, partitions.ToString(CultureInfo.InvariantCulture));
        }
        catch (CreateTopicsException e) when (e.Results.All(static r => r.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // So it should be.
        }
    }

    [LoggerMessage(5001, LogLevel.Information, "Topic {Topic} was made with {Partitions} partitions.")]
    private static partial void LogMade(ILogger logger, string topic, string partitions);

    [LoggerMessage(5002, LogLevel.Error, "Topic {Topic} has {Found} partitions and must have {Partitions}: nothing can be kept in it.")]
    private static partial void LogTooFew(ILogger logger, string topic, int found, int partitions);

    [LoggerMessage(5003, LogLevel.Warning, "Kafka does not answer for topic {Topic} and will be asked again: {Reason}")]
    private static partial void LogAway(ILogger logger, string topic, string reason);
}
