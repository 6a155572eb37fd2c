using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Parley.Storage.MongoDB.Clustering;

/// <summary>Membership in MongoDB for silos and clients. Whatever replaces it is put here and nowhere else.</summary>
public static class MongoClusteringExtensions
{
    /// <summary>Keeps this silo's cluster in MongoDB, with times of detection for a loss of service below ten seconds.</summary>
    /// <remarks>Why these: decision 10. Anything may be configured otherwise after this call.</remarks>
    public static ISiloBuilder UseMongoClustering(this ISiloBuilder silo, Action<MongoClusteringOptions> configure)
    {
        AddClusters(silo.Services, configure);
        silo.Services.AddSingleton<IMembershipTable, MongoMembershipTable>();
        silo.Configure<ClusterMembershipOptions>(static options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);
            options.NumMissedProbesLimit = 3;
            options.NumVotesForDeathDeclaration = 2;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(3);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        });
        return silo;
    }

    /// <summary>Finds the silos of a cluster that is kept in MongoDB.</summary>
    public static IClientBuilder UseMongoClustering(this IClientBuilder client, Action<MongoClusteringOptions> configure)
    {
        AddClusters(client.Services, configure);
        client.Services.AddSingleton<IGatewayListProvider, MongoGatewayListProvider>();
        client.Configure<GatewayOptions>(static options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
        return client;
    }

    private static void AddClusters(IServiceCollection services, Action<MongoClusteringOptions> configure)
    {
        services.Configure(configure);
        services.AddSingleton(static provider => new ClusterCollection(provider.GetRequiredService<IOptions<MongoClusteringOptions>>().Value));
    }
}
