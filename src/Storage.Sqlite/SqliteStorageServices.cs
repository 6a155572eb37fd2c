using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Ports;
using Parley.Ports.Gateways;
using Parley.Storage.Sqlite.Media;

namespace Parley.Storage.Sqlite;

/// <summary>Puts the store on SQLite in the place of the ports.</summary>
public static class SqliteStorageServices
{
    /// <summary>Adds every port that is a store. The file is opened when the first of them is asked for.</summary>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services, SqliteOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(options)
            .AddSingleton(provider => SqliteDatabase.Open(
                options,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ILogger<SqliteDatabase>>() ?? NullLogger<SqliteDatabase>.Instance))
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
            .AddSingleton<IMediaStore>(provider => new FileMediaStore(
                options, provider.GetService<ILogger<FileMediaStore>>() ?? NullLogger<FileMediaStore>.Instance))
            .AddSingleton<ISendQueue, SendQueue>()
            .AddSingleton<IIdempotencyStore, IdempotencyStore>()
            .AddSingleton<IUploadStore, UploadStore>()
            .AddSingleton<IGatewayStore, GatewayStore>()
            .AddSingleton<IWebhookEndpointStore, WebhookEndpointStore>()
            .AddSingleton<IPlaceStore, PlaceStore>();
    }
}
