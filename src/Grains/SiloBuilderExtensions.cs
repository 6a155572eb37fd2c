using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;

namespace Parley.Grains;

/// <summary>Puts the grains into a silo.</summary>
public static class SiloBuilderExtensions
{
    /// <summary>A conversation that nobody needs leaves memory after this.</summary>
    private static readonly TimeSpan ConversationAge = TimeSpan.FromMinutes(2);

    /// <summary>A grain call is answered within this: three deadlines of the store.</summary>
    internal static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Adds the grains with their tenant filter, their ages and their bounds.</summary>
    public static ISiloBuilder AddParleyGrains(this ISiloBuilder silo)
    {
        silo.AddIncomingGrainCallFilter<TenantCallFilter>();
        silo.AddIncomingGrainCallFilter<FailureFilter>();
        silo.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromSeconds(30);
            options.ClassSpecificCollectionAge[typeof(ConversationGrain).FullName!] = ConversationAge;
            options.EnableActivationSheddingOnMemoryPressure = true;
        });
        silo.Configure<SiloMessagingOptions>(options =>
        {
            options.ResponseTimeout = ResponseTimeout;
            options.MaxRequestProcessingTime = TimeSpan.FromMinutes(1);
        });
        silo.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        silo.Services.TryAddSingleton<ConversationOptions>();
        silo.Services.TryAddSingleton<SweepOptions>();
        silo.Services.TryAddSingleton<SendOptions>();
        silo.Services.TryAddSingleton<SyncOptions>();
        silo.Services.TryAddSingleton<KeeperOptions>();
        silo.Services.AddSingleton<OutgoingMessages>();
        silo.Services.TryAddSingleton<SendsUnderWay>();
        silo.Services.AddSingleton<LineHealth>();
        silo.Services.AddSingleton<DeliveryServices>();
        silo.Services.AddHostedService<WorkerClock>();
        silo.Services.AddHostedService<RelayClock>();
        silo.Services.AddHostedService<WebhookClock>();
        return silo;
    }
}
