using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Parley.BlackBox;
using Parley.Ingest.Outbound;
using Parley.Ports;
using Parley.Streaming.Kafka.Publishing;
using Parley.TestServers;

namespace Parley.Streaming.Kafka.Tests;

/// <summary>The publishers as grains, woken by the clocks of two silos.</summary>
public sealed class GrainTests
{
    [Fact]
    public async Task Silos_publish_what_is_logged_and_no_grain_leaves_its_scheduler()
    {
        await using var shop = new Shop(await KafkaServer.Required());
        var schedulers = new ConcurrentBag<string>();
        var trouble = 0;
        shop.Renderer.Before = () =>
        {
            schedulers.Add(TaskScheduler.Current.GetType().Name);
            return Interlocked.Increment(ref trouble) % 3 == 1 ? throw new StoreUnavailableException("away") : Task.CompletedTask;
        };
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton(shop.Log);
            silo.Services.AddSingleton(shop.Places);
            silo.Services.AddSingleton<IEventRenderer>(shop.Renderer);
            silo.Services.AddSingleton<EventTail>();
            silo.Services.AddHostedService(static provider => provider.GetRequiredService<EventTail>());
            silo.Services.AddKafkaPublisher(shop.Options);
        });
        await using var cluster = builder.Build();
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        for (var round = 0; round < 5; round++)
        {
            await shop.Say("acme", 10, 10);
        }

        await Poll.Until(shop.HasAll, "all events in Kafka");
        Assert.True(trouble > 1);
        Assert.DoesNotContain(schedulers, static name => !name.Contains("Activation", StringComparison.Ordinal));

        // Whoever is gone is followed by another.
        await cluster.StopSiloAsync(cluster.Silos[1], TestContext.Current.CancellationToken);
        await shop.Say("globex", 10, 10);
        await Poll.Until(shop.HasAll, "all events in Kafka");
    }
}
