using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Parley.Streaming.Kafka.Publishing;

/// <summary>Makes the topics of events where they are missing. One that is there stays as it is: its owner may have made it in another way.</summary>
public sealed partial class EventTopics(KafkaOptions options, TimeProvider time, ILogger<EventTopics> logger)
{
    /// <summary>Copies of what is published, where there are brokers enough.</summary>
    private const int MostReplicas = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Ends when they are there; it is tried until then.</summary>
    public async Task Make(CancellationToken cancellationToken)
    {
        var told = false;
        while (true)
        {
            try
            {
                // The client's look at the brokers blocks its thread.
                await Task.Run(TryMake, cancellationToken);
                return;
            }
            catch (KafkaException e)
            {
                if (!told)
                {
                    LogAway(logger, e.Error.Reason);
                    told = true;
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task TryMake()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig(options.ClientSettings()) { BootstrapServers = options.BootstrapServers })
            .SetErrorHandler(static (_, _) => { })
            .SetLogHandler(static (_, _) => { })
            .Build();
        var metadata = admin.GetMetadata(Patience);
        var there = metadata.Topics.Where(static topic => !topic.Error.IsError).Select(static topic => topic.Topic).ToHashSet(StringComparer.Ordinal);
        var missing = new[] { options.Conversations, options.Sessions }.Where(topic => !there.Contains(topic)).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        try
        {
            await admin.CreateTopicsAsync(
                missing.Select(topic => new TopicSpecification
                {
                    Name = topic,
                    NumPartitions = options.Partitions,
                    ReplicationFactor = (short)Math.Min(MostReplicas, metadata.Brokers.Count),
                }),
                new CreateTopicsOptions { RequestTimeout = Patience, OperationTimeout = Patience });
            LogMade(logger, string.Join(", ", missing), options.Partitions);
        }
        catch (CreateTopicsException e) when (e.Results.All(static r => !r.Error.IsError || r.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another node was first.
        }
    }

    [LoggerMessage(5141, LogLevel.Information, "The topics {Topics} were made with {Partitions} partitions.")]
    private static partial void LogMade(ILogger logger, string topics, int partitions);

    [LoggerMessage(5142, LogLevel.Warning, "Kafka does not answer: events wait in the log until it does. {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
