using Parley.Streaming.Kafka;

namespace Parley.Silo;

/// <summary>What the configuration says of Kafka. There is one when it names its brokers.</summary>
internal static class KafkaSettings
{
    /// <returns>Null when the configuration names no Kafka.</returns>
    public static KafkaOptions? Read(IConfiguration configuration)
    {
        if (configuration.GetConnectionString("Kafka") is not { } servers || string.IsNullOrWhiteSpace(servers))
        {
            return null;
        }

        var section = configuration.GetSection("Parley:Kafka");
        var byDefault = new KafkaOptions { BootstrapServers = servers.Trim() };
        var options = byDefault with
        {
            TopicPrefix = section.GetValue("TopicPrefix", byDefault.TopicPrefix)!,
            Partitions = section.GetValue("Partitions", byDefault.Partitions),
            MostRecordBytes = section.GetValue("MostRecordBytes", byDefault.MostRecordBytes),
            CacheBytes = section.GetValue("CacheBytes", byDefault.CacheBytes),
            Client = section.GetSection("Client").Get<Dictionary<string, string>>() ?? [],
        };
        if (options.Partitions is < 1 or > 1_000 || options.MostRecordBytes < 64 * 1024 || options.CacheBytes <= 0)
        {
            throw new SettingsException("Parley:Kafka needs 1 to 1000 Partitions, a MostRecordBytes of 65536 or more and a CacheBytes above zero.");
        }

        return options;
    }

    /// <exception cref="SettingsException">The library refuses the settings of its clients.</exception>
    public static void Check(KafkaOptions options, bool isBuffered)
    {
        if (KafkaClients.Fault(options, isBuffered) is { } fault)
        {
            throw new SettingsException($"Parley:Kafka:Client (or ConnectionStrings:Kafka) cannot be used. The client of Kafka says: {fault}");
        }
    }

    /// <summary>Whether webhooks are kept in Kafka before they are taken in (<c>Ingest:Mode</c>).</summary>
    public static bool IsBuffered(IConfiguration configuration, ClusterSettings? cluster, KafkaOptions? kafka) => configuration["Ingest:Mode"] switch
    {
        null or "" => false,
        var mode when mode.Equals("Direct", StringComparison.OrdinalIgnoreCase) => false,
        var mode when !mode.Equals("Kafka", StringComparison.OrdinalIgnoreCase) =>
            throw new SettingsException($"Ingest:Mode '{mode}' is neither Direct nor Kafka."),
        _ when kafka is null => throw new SettingsException(
            "Ingest:Mode=Kafka needs a Kafka: name its brokers with ConnectionStrings:Kafka (ConnectionStrings__Kafka in the environment)."),
        _ when cluster is null => throw new SettingsException(
            "Ingest:Mode=Kafka needs a cluster: name its MongoDB with ConnectionStrings:MongoDB (ConnectionStrings__MongoDB in the environment)."),
        _ => true,
    };
}
