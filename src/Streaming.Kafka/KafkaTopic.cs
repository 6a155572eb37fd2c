using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Parley.Streaming.Kafka;

/// <summary>A topic that is made where it is missing, before anybody writes to it or reads it.</summary>
/// <remarks>A broker may make topics by itself for whoever names them, with another number of partitions and without copies. One that is there
/// stays as it is: its owner may have made it in another way.</remarks>
/// <param name="client">Settings of the client by librdkafka's names.</param>
/// <param name="partitions">Of one that is made.</param>
/// <param name="least">Partitions that it must have to be of use.</param>
public sealed partial class KafkaTopic(
    string servers, IReadOnlyDictionary<string, string> client, string name, int partitions, int least, TimeProvider time, ILogger<KafkaTopic> logger)
{
    /// <summary>Copies of what is acknowledged, where there are brokers enough.</summary>
    private const int MostReplicas = 3;

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
        string? told = null;
        while (true)
        {
            string trouble;
            try
            {
                var found = await FindOrMake();
                if (found >= least)
                {
                    return;
                }

                trouble = $"it has {found} partitions and must have {least}";
            }
            catch (Exception e)
            {
                // Whatever it is: those who wait for the topic would fail for ever if this ended.
                trouble = e is KafkaException failed ? failed.Error.Reason : e.Message;
            }

            if (trouble != told)
            {
                LogWaits(logger, name, told = trouble);
            }

            await Task.Delay(Pause, time);
        }
    }

    /// <returns>How many partitions it has.</returns>
    private async Task<int> FindOrMake()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig(new Dictionary<string, string>(client, StringComparer.Ordinal)) { BootstrapServers = servers })
            .SetErrorHandler(static (_, _) => { })
            .SetLogHandler(static (_, _) => { })
            .Build();

        var metadata = Ask(admin);
        if (Partitions(metadata) is { } there)
        {
            return there;
        }

        var replicas = Math.Min(MostReplicas, metadata.Brokers.Count);
        var topic = new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = (short)replicas };
        if (replicas == MostReplicas)
        {
            // What is acknowledged is on two brokers at least, and one may be away.
            topic.Configs = new Dictionary<string, string>(StringComparer.Ordinal) { ["min.insync.replicas"] = "2" };
        }

        try
        {
            await admin.CreateTopicsAsync([topic], new CreateTopicsOptions { RequestTimeout = Patience, OperationTimeout = Patience });
            LogMade(logger, name, partitions, replicas);
            return partitions;
        }
        catch (CreateTopicsException e) when (e.Results.All(static r => r.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another node was first.
            return Partitions(Ask(admin)) ?? 0;
        }
    }

    /// <summary>Asks for all topics: to be asked for one by its name makes a broker make it.</summary>
    private static Metadata Ask(IAdminClient admin) => admin.GetMetadata(Patience);

    private int? Partitions(Metadata metadata) =>
        metadata.Topics.Find(topic => topic.Topic == name && !topic.Error.IsError)?.Partitions.Count;

    [LoggerMessage(5001, LogLevel.Information, "Topic {Topic} was made with {Partitions} partitions and {Replicas} copies.")]
    private static partial void LogMade(ILogger logger, string topic, int partitions, int replicas);

    [LoggerMessage(5002, LogLevel.Warning, "Topic {Topic} cannot be used yet and will be looked for again: {Reason}")]
    private static partial void LogWaits(ILogger logger, string topic, string reason);
}
