using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NSubstitute;
using Orleans.Configuration;
using Orleans.TestingHost;
using Parley.Ingest;
using Parley.Ingest.Outbound;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

/// <summary>Three silos in this process that share one store. Tests use tenants of their own.</summary>
public sealed class Cluster : IAsyncLifetime
{
    /// <summary>Shorter than as shipped: a test waits for it.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(6);

    /// <summary>What the store has, but for the conversations.</summary>
    internal static readonly IReadOnlyList<Type> Ports =
    [
        typeof(IAddressBook), typeof(IParkingLot), typeof(IWorkList), typeof(ISessionStore), typeof(IQueries), typeof(IDirectory),
        typeof(ITenantStore), typeof(IQuarantine), typeof(IEventLog), typeof(IMediaStore), typeof(ISendQueue),
        typeof(IIdempotencyStore), typeof(IUploadStore), typeof(IGatewayStore), typeof(IWebhookEndpointStore),
        typeof(IPlaceStore),
    ];

    private readonly ClusterStore _data = new();
    private readonly short _silos;
    private readonly Action<ISiloBuilder> _more;
    private ServiceProvider? _storage;
    private InProcessTestCluster? _cluster;

    public Cluster()
        : this(3, static _ => { })
    {
    }

    internal Cluster(short silos, Action<ISiloBuilder> more) => (_silos, _more) = (silos, more);

    /// <summary>Why there is no cluster, where its store is missing: its tests are skipped.</summary>
    internal string? Missing { get; private set; }

    internal TroubledStore Store { get; private set; } = null!;

    /// <summary>The gateway of every session of every test.</summary>
    internal ScriptedGateway Gateway { get; } = new();

    internal Lines Lines { get; } = new();

    internal IDataProtectionProvider Protection { get; } = new EphemeralDataProtectionProvider();

    internal InProcessTestCluster Orleans => _cluster!;

    /// <summary>The grain factories of all silos: calls through each are local to one silo and remote to the others.</summary>
    internal IReadOnlyList<IGrainFactory> Factories => [.. Orleans.Silos.Select(static s => s.ServiceProvider.GetRequiredService<IGrainFactory>())];

    public async ValueTask InitializeAsync()
    {
        Missing = await ClusterStore.Missing();
        if (Missing is not null)
        {
            return;
        }

        _storage = await _data.Open();
        Store = new TroubledStore(_storage.GetRequiredService<IConversationStore>());
        var builder = new InProcessTestClusterBuilder(_silos);
        builder.ConfigureSiloHost((_, host) => host.Logging.SetMinimumLevel(LogLevel.Error));
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddParleyGrains();
            silo.Configure<SiloMessagingOptions>(static options => options.ResponseTimeout = ResponseTimeout);
            RemoveClock(silo.Services);
            AddPorts(silo.Services, _storage);
            silo.Services.AddIngest();
            silo.Services.AddSingleton(Protection);
            silo.Services.AddSingleton<IGateway>(Gateway);
            silo.Services.AddSingleton(Lines.Gateway);
            silo.Services.AddSingleton(Substitute.For<IWebhookReader>());
            silo.Services.AddSingleton(new NetworkGuard([]));
            silo.Services.AddSingleton(Substitute.For<IEventRenderer>());
            silo.Services.AddSingleton(new SendOptions
            {
                Timeout = TimeSpan.FromSeconds(2),
                LeavesWithin = TimeSpan.FromSeconds(1),
                Grace = TimeSpan.FromSeconds(1),
            });

            // Tests look at what a keeper did as soon as they have called it, and none lasts so long that it looks a second time.
            silo.Services.AddSingleton(new KeeperOptions { Waits = ResponseTimeout - TimeSpan.FromSeconds(1), FirstLook = TimeSpan.FromMinutes(1) });
            _more(silo);
        });
        builder.ConfigureClient(static client => client.Configure<ClientMessagingOptions>(static options => options.ResponseTimeout = ResponseTimeout));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (_storage is not null)
        {
            await _storage.DisposeAsync();
        }

        await _data.DisposeAsync();
    }

    /// <summary>What the store has beside the ports.</summary>
    internal T OfStore<T>()
        where T : notnull => _storage!.GetRequiredService<T>();

    internal T Get<T>()
        where T : notnull => Orleans.Silos[0].ServiceProvider.GetRequiredService<T>();

    internal object Get(Type type) => Orleans.Silos[0].ServiceProvider.GetRequiredService(type);

    /// <summary>Waits, where the store has a relay, until the silos have run it.</summary>
    internal async Task EventsAreNumbered()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (_storage!.GetService<IEventRelay>() is { } relay && (await relay.WaitingShards(timeout.Token)).Count > 0)
        {
            await Task.Delay(10, timeout.Token);
        }
    }

    /// <summary>Tests wake the workers themselves.</summary>
    private static void RemoveClock(IServiceCollection services)
    {
        foreach (var clock in services.Where(static s =>
            s.ServiceType == typeof(IHostedService) && (s.ImplementationType == typeof(WorkerClock) || s.ImplementationType == typeof(WebhookClock))).ToList())
        {
            services.Remove(clock);
        }
    }

    private void AddPorts(IServiceCollection services, ServiceProvider storage)
    {
        services.AddSingleton<IConversationStore>(Store);
        foreach (var port in Ports)
        {
            services.AddSingleton(port, storage.GetRequiredService(port));
        }

        if (storage.GetService<IEventRelay>() is { } relay)
        {
            services.AddSingleton(relay);
        }
    }
}
