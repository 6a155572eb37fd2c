using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Parley.Ingest;
using Parley.Ingest.Buffering;
using Parley.Streaming.Kafka.Streams;

namespace Parley.Streaming.Kafka.Buffering;

/// <summary>Puts buffered ingest into a host: nodes that serve the API write webhooks to Kafka, silos take them in.</summary>
public static class BufferedIngest
{
    /// <summary>The namespace of the streams of webhooks, and the name of their provider.</summary>
    internal const string Namespace = "parley.webhooks";

    /// <summary>For a node that serves the API: webhooks are answered when Kafka has them.</summary>
    public static IServiceCollection AddKafkaWebhookBuffer(this IServiceCollection services, KafkaOptions options)
    {
        services.AddSingleton<IWebhookBuffer>(provider => new KafkaWebhookBuffer(
            options, options.WebhooksTopic(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<KafkaTopic>>())));
        return services.AddBufferedIntake();
    }

    /// <summary>For a silo: it takes in what waits in Kafka, and tells its grains how far that is.</summary>
    public static ISiloBuilder AddBufferedWebhooks(this ISiloBuilder silo, KafkaOptions options)
    {
        silo.Services.Replace(ServiceDescriptor.Singleton<IWebhookBacklog>(provider =>
            new KafkaBacklog(options, provider.GetRequiredService<ILogger<KafkaBacklog>>())));
        return silo.AddKafkaStreams(Namespace, StreamOf(options));
    }

    internal static KafkaStreamOptions StreamOf(KafkaOptions options) => new()
    {
        BootstrapServers = options.BootstrapServers,
        Client = options.Client,
        Topic = options.Webhooks,
        GroupId = options.WebhooksGroup,
        Namespace = Namespace,
        Partitions = options.Partitions,
        CacheBytes = options.CacheBytes,
    };
}
