using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Ports;
using Parley.Ports.Gateways;
using Parley.Storage.MongoDB.Media;

namespace Parley.Storage.MongoDB;

/// <summary>Puts the store on MongoDB in the place of the ports.</summary>
public static class MongoStorageServices
{
    /// <summary>Adds every port that is a store, and the relay. A host waits at its start until the database is ready; whoever has no host
    /// calls <see cref="MongoDatabase.Prepare"/> before anything else.</summary>
    public static IServiceCollection AddMongoStorage(this IServiceCollection services, MongoOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(options)
            .AddSingleton(provider => new MongoDatabase(
                options,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ILogger<MongoDatabase>>() ?? NullLogger<MongoDatabase>.Instance))
            .AddSingleton<IHostedService, MongoStart>()
            .AddSingleton<IConversationStore, ConversationStore>()
            .AddSingleton<IAddressBook, AddressBook>()
            .AddSingleton<IParkingLot, ParkingLot>()
            .AddSingleton<IWorkList, WorkList>()
            .AddSingleton<ISessionStore, SessionStore>()
            .AddSingleton<IQueries, Queries>()
            .AddSingleton<IDirectory, ContactDirectory>()
            .AddSingleton<ITenantStore, TenantStore>()
            .AddSingleton<IQuarantine, Quarantine>()
            .AddSingleton<IEventLog, EventLog>()
            .AddSingleton<IEventRelay, EventRelay>()
            .AddSingleton<IMediaStore>(provider => new GridMediaStore(
                provider.GetRequiredService<MongoDatabase>(), provider.GetService<ILogger<GridMediaStore>>() ?? NullLogger<GridMediaStore>.Instance))
            .AddSingleton<ISendQueue, SendQueue>()
            .AddSingleton<IIdempotencyStore, IdempotencyStore>()
            .AddSingleton<IUploadStore, UploadStore>()
            .AddSingleton<IGatewayStore, GatewayStore>()
            .AddSingleton<IWebhookEndpointStore, WebhookEndpointStore>()
            .AddSingleton<IPlaceStore, PlaceStore>();
    }
}
