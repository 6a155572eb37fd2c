using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime.Providers;
using Orleans.Streams;

namespace Parley.Streaming.Kafka.Streams;

/// <summary>Puts streams over Kafka into a silo.</summary>
public static class SiloBuilderExtensions
{
    /// <summary>Adds a stream provider over one topic. Subscriptions are implicit, and a subscriber says of each event that it is done
    /// (<see cref="DoneWhenReturned{T}"/>); until then it gets it again, without end, and nothing after it of the same stream.</summary>
    /// <param name="name">The provider's.</param>
    public static ISiloBuilder AddKafkaStreams(this ISiloBuilder silo, string name, KafkaStreamOptions options)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        return silo.AddPersistentStreams(
            name,
            (services, provider) => new KafkaAdapterFactory(provider, options, services),
            streams =>
            {
                streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
                streams.ConfigurePullingAgent(agent => agent.Configure(o =>
                {
                    o.GetQueueMsgsTimerPeriod = options.PollEvery;
                    o.StreamInactivityPeriod = options.ForgetsStreamsAfter;

                    // Without end: what was given up would be kept until its silo died.
                    o.MaxEventDeliveryTime = Timeout.InfiniteTimeSpan;
                }));
                streams.ConfigureBackoffProvider(static (_, _) => new DeliveryBackoff());
            });
    }

    private sealed class DeliveryBackoff : IMessageDeliveryBackoffProvider
    {
        private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
        private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

        public TimeSpan Next(int attempt)
        {
            var pause = First * Math.Pow(2, Math.Min(attempt, 8));
            return pause < Longest ? pause : Longest;
        }
    }
}
