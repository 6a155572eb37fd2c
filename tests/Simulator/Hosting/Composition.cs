using System.Collections.Frozen;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Grains;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;
using Parley.Simulator.Scheduling;
using Parley.Simulator.Stores;
using Parley.Simulator.WhatsApp;

namespace Parley.Simulator.Hosting;

/// <summary>Puts a node together from the very classes that a silo runs.</summary>
internal static class Composition
{
    private static readonly FrozenDictionary<Type, Type> Classes = new Dictionary<Type, Type>
    {
        [typeof(IConversationGrain)] = typeof(ConversationGrain),
        [typeof(ISessionGrain)] = typeof(SessionGrain),
        [typeof(ISenderGrain)] = typeof(SenderGrain),
        [typeof(ITenantWorkerGrain)] = typeof(TenantWorkerGrain),
        [typeof(ISweepGrain)] = typeof(SweepGrain),
        [typeof(IRelayGrain)] = typeof(RelayGrain),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, ObjectFactory> Factories = Classes.Values.ToFrozenDictionary(
        type => type, type => ActivatorUtilities.CreateFactory(type, [typeof(IGrainContext)]));

    public static Type ClassOf(Type grain) => Classes[grain];

    public static object Create(Type implementation, IGrainContext context, IServiceProvider services) =>
        Factories[implementation](services, [context]);

    public static IServiceProvider Compose(
        Cluster cluster,
        Node node,
        SeededScheduler scheduler,
        ModelStore model,
        Faults faults,
        IWebhookReader reader,
        SimulatedGateway gateway,
        SendOptions sends,
        int pageSize,
        int relayLimit)
    {
        var store = new FaultyStore(model, scheduler, faults, node.Lane, relayLimit);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(scheduler.Time);
        services.AddSingleton<IGrainFactory>(new GrainFactory(cluster, node));
        services.AddSingleton<IConversationStore>(store);
        services.AddSingleton<IAddressBook>(store);
        services.AddSingleton<IParkingLot>(store);
        services.AddSingleton<IWorkList>(store);
        services.AddSingleton<ISessionStore>(store);
        services.AddSingleton<IDirectory>(store);
        services.AddSingleton<IQuarantine>(store);
        services.AddSingleton<IMediaStore>(store);
        services.AddSingleton<IEventLog>(store);
        services.AddSingleton<ISendQueue>(store);
        services.AddSingleton<IIdempotencyStore>(store);
        services.AddSingleton<IUploadStore>(store);
        services.AddSingleton<IGatewayStore>(store);
        services.AddSingleton<IGateway>(new GatewayOfNode(gateway, node, scheduler));
        services.AddSingleton<IDataProtectionProvider>(new NoProtection());
        services.AddSingleton(sends);
        services.AddSingleton<SendsUnderWay>();
        services.AddSingleton<OutgoingMessages>();
        services.AddSingleton<IQueries>(new NoQueries());
        services.AddSingleton<IWebhookEndpointStore>(new NoEndpoints());
        services.AddSingleton(reader);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(new ConversationOptions { PageSize = pageSize });
        services.AddSingleton<SweepOptions>();
        services.AddIngest();
        if (model.HasOutbox)
        {
            services.AddSingleton<IEventRelay>(store);
            services.AddSingleton<RelayClock>();
        }

        var provider = services.BuildServiceProvider();
        if (model.HasOutbox)
        {
            _ = node.Lane.Run(() => provider.GetRequiredService<RelayClock>().Run(CancellationToken.None));
        }

        return provider;
    }
}
