using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Parley.Grains.Tests;

public sealed class ShippedBoundsTests
{
    [Fact]
    public void the_bounds_are_those_of_the_design()
    {
        var services = new ServiceCollection();
        new Silo(services).AddParleyGrains();
        using var provider = services.AddOptions().BuildServiceProvider();
        var collection = provider.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        var messaging = provider.GetRequiredService<IOptions<SiloMessagingOptions>>().Value;

        Assert.Equal(TimeSpan.FromMinutes(2), collection.ClassSpecificCollectionAge[typeof(ConversationGrain).FullName!]);
        Assert.True(collection.EnableActivationSheddingOnMemoryPressure);
        Assert.Equal(TimeSpan.FromSeconds(15), messaging.ResponseTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), messaging.MaxRequestProcessingTime);
        Assert.Equal(TimeSpan.FromSeconds(15), provider.GetRequiredService<IOptions<ClientMessagingOptions>>().Value.ResponseTimeout);
    }

    private sealed class Silo(IServiceCollection services) : ISiloBuilder
    {
        public IServiceCollection Services => services;

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }
}
