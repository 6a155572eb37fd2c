using Microsoft.Extensions.DependencyInjection;

namespace Parley.Streaming.Kafka.Publishing;

/// <summary>Puts the publisher of events into a silo.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds what publishes the event log to Kafka. It needs the store, the log's tail and an <see cref="Ports.IEventRenderer"/>.</summary>
    public static IServiceCollection AddKafkaPublisher(this IServiceCollection services, KafkaOptions options) => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<EventProducer>(provider, options))
        .AddSingleton<PublisherMetrics>()
        .AddHostedService(provider => ActivatorUtilities.CreateInstance<KafkaClock>(provider, options));
}
