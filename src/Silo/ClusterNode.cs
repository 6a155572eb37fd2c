using System.Net;
using Orleans.Configuration;
using Orleans.Dashboard;
using Parley.Api.Health;
using Parley.Grains;
using Parley.Storage.MongoDB.Clustering;
using Parley.Streaming.Kafka.Buffering;

namespace Parley.Silo;

/// <summary>Orleans' part of a node: alone on one machine, a silo of a cluster, or a client of one.</summary>
internal static class ClusterNode
{
    /// <summary>The same for ever and everywhere: what is kept belongs to this service.</summary>
    private const string ServiceId = "parley";

    public static void AddOrleans(this WebApplicationBuilder builder, SiloSettings settings)
    {
        if (settings.Cluster is not { } cluster)
        {
            builder.UseOrleans(Alone);
        }
        else if (settings.Role == NodeRole.Api)
        {
            builder.UseOrleansClient(client => Client(client, cluster, Dashboard.IsOn(settings)));
            builder.Services.AddSingleton<LostSilos>();
            builder.Services.AddHostedService(static provider => provider.GetRequiredService<LostSilos>());
            builder.Services.AddSingleton<IOutgoingGrainCallFilter>(static provider => provider.GetRequiredService<LostSilos>());
            builder.Services.AddSingleton<GatewayProbe>();
            builder.Services.AddSingleton<IReadinessProbe>(static provider => provider.GetRequiredService<GatewayProbe>());
            builder.Services.AddSingleton<IClusterConnectionStatusObserver>(static provider => provider.GetRequiredService<GatewayProbe>());
            return;
        }
        else
        {
            builder.UseOrleans(silo =>
            {
                Member(silo, cluster, Dashboard.IsOn(settings));
                if (settings.IsBuffered)
                {
                    silo.AddBufferedWebhooks(settings.Kafka!);
                }
            });
        }

        builder.Services.AddSingleton<IReadinessProbe, MembershipProbe>();
    }

    private static void Alone(ISiloBuilder silo)
    {
        var port = SiloSettings.FreePort();
        silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, port));

        // A gateway port of zero: nobody joins from outside.
        silo.ConfigureEndpoints(IPAddress.Loopback, port, gatewayPort: 0);

        // Several processes run side by side on one machine: none may take another for its own.
        silo.Configure<ClusterOptions>(options => Name(options, $"parley-{Environment.ProcessId}-{port}"));
        silo.AddParleyGrains();
    }

    private static void Member(ISiloBuilder silo, ClusterSettings cluster, bool dashboard)
    {
        silo.Configure<ClusterOptions>(options => Name(options, cluster.ClusterId));
        silo.UseMongoClustering(options => options.ConnectionString = cluster.ConnectionString);
        silo.Configure<EndpointOptions>(options =>
        {
            (options.SiloPort, options.GatewayPort) = (cluster.SiloPort, cluster.GatewayPort);
            if (cluster.AdvertisedIP is { } address)
            {
                options.AdvertisedIPAddress = address;
            }

            if (!cluster.ListensOnAdvertised)
            {
                options.SiloListeningEndpoint = new IPEndPoint(IPAddress.Any, cluster.SiloPort);
                options.GatewayListeningEndpoint = new IPEndPoint(IPAddress.Any, cluster.GatewayPort);
            }
        });
        silo.UseMutualTls(cluster.Tls);
        silo.AddParleyGrains();
        if (dashboard)
        {
            silo.AddDashboard();
        }
    }

    private static void Client(IClientBuilder client, ClusterSettings cluster, bool dashboard)
    {
        client.Configure<ClusterOptions>(options => Name(options, cluster.ClusterId));
        client.UseMongoClustering(options => options.ConnectionString = cluster.ConnectionString);
        client.UseConnectionRetryFilter<GatewayPatience>();
        client.UseMutualTls(cluster.Tls);
        client.AddParleyGrainClient();
        if (dashboard)
        {
            client.AddDashboard();
        }
    }

    private static void Name(ClusterOptions options, string clusterId) => (options.ServiceId, options.ClusterId) = (ServiceId, clusterId);
}
