using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using NSubstitute;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains.Tests;

/// <summary>An activation outside of the cluster, beside whatever the cluster has. Before each of its calls, to the store, a gateway or a grain,
/// something may happen.</summary>
internal sealed class Rival<TGrain> : IAsyncDisposable
    where TGrain : class
{
    private readonly ServiceProvider _services;
    private int _calls;

    /// <param name="id">Which grain it takes itself for.</param>
    /// <param name="before">What happens before a call; is told which one, from 1 on.</param>
    public Rival(Cluster cluster, GrainId id, Func<int, Task> before)
    {
        var services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddIngest()
            .AddSingleton(cluster.Protection)
            .AddSingleton(Substitute.For<IWebhookReader>())
            .AddSingleton(new KeeperOptions { FirstLook = TimeSpan.Zero, Waits = TimeSpan.FromSeconds(30) })
            .AddSingleton(new SyncOptions { MostAtOnce = 2 })
            .AddSingleton<LineHealth>();
        Add(typeof(IConversationStore), cluster.Store);
        Add(typeof(IGateway), cluster.Gateway);
        Add(typeof(IGateway), cluster.Lines.Gateway);
        Add(typeof(IGrainFactory), cluster.Factories[0]);
        foreach (var port in Cluster.Ports)
        {
            Add(port, cluster.Get(port));
        }

        _services = services.BuildServiceProvider();
        var context = Substitute.For<IGrainContext>();
        context.GrainId.Returns(id);
        Grain = ActivatorUtilities.CreateInstance<TGrain>(_services, context);

        void Add(Type type, object real) => services.AddSingleton(type, Stepped.Before(type, real, Step));

        Task Step() => before(Interlocked.Increment(ref _calls));
    }

    public TGrain Grain { get; }

    /// <summary>How many calls it has made.</summary>
    public int Calls => _calls;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
