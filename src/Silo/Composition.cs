using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Api;
using Parley.Gateways.Evolution;
using Parley.Grains;
using Parley.Ingest;
using Parley.Ingest.Outbound;
using Parley.Ports;
using Parley.Silo.Logging;
using Parley.Storage.MongoDB;
using Parley.Storage.Sqlite;
using Parley.Streaming.Kafka.Buffering;
using Parley.Streaming.Kafka.Publishing;

namespace Parley.Silo;

/// <summary>The one place that knows all rooms: puts them together by configuration.</summary>
internal static class Composition
{
    /// <summary>Held requests wait for the store up to 20 s, and grains need a moment after them.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(40);

    public static WebApplication Build(WebApplicationBuilder builder, SiloSettings settings)
    {
        if (settings.Urls is { } urls)
        {
            builder.WebHost.UseUrls(urls);
        }

        builder.Logging.ClearProviders().AddParleyConsole();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout + settings.ShutdownDelay);
        builder.Services.AddSingleton(settings);

        // Hosted services stop in the order opposite to this one: requests first, the store last.
        if (settings.Cluster is not null)
        {
            builder.Services.AddHostedService<WaitingRoom>();
        }

        AddStore(builder.Services, settings);
        AddDataProtection(builder.Services, settings);
        builder.Services.AddSingleton<IWebhookReader, EvolutionWebhookReader>();
        builder.Services.AddEvolutionGateway();
        builder.AddOrleans(settings);
        builder.Services.AddSingleton(settings.Section.GetSection("Intake").Get<IntakeOptions>() ?? new IntakeOptions());
        builder.Services.AddSingleton(settings.Webhooks);
        builder.Services.AddIngest();
        if (settings.Role != NodeRole.Silo)
        {
            builder.Services.AddHostedService<IntakePulse>();
        }

        if (settings.IsBuffered && settings.Role != NodeRole.Silo)
        {
            builder.Services.AddKafkaWebhookBuffer(settings.Kafka!);
        }

        if (settings.Kafka is { } kafka && settings.Role != NodeRole.Api)
        {
            builder.Services.AddKafkaPublisher(kafka);
        }

        builder.Services.AddSingleton(new NetworkGuard(settings.AllowedPrivateNetworks));
        builder.Services.AddSingleton(settings.Sends);
        builder.Services.TryAddSingleton<SendsUnderWay>();
        var connections = new SlowConnections();
        builder.WebHost.ConfigureKestrel(connections.Watch);
        builder.Services.AddHostedService(_ => connections);
        builder.Services.AddHostedService<Drain>();
        builder.Services.AddParleyApi(settings.Section);
        builder.Services.PostConfigure<ApiOptions>(options =>
        {
            options.AdminKey = settings.AdminKey;
            options.PublicUrl = settings.PublicUrl ?? "";
            options.ShutdownDelay = settings.ShutdownDelay;
        });
        builder.Services.AddHostedService<QuietCollector>();
        builder.Services.AddHostedService<Greeting>();

        var app = builder.Build();

        // A store that cannot be opened must end the start with its own words, not inside the first request.
        app.Services.GetRequiredService<ITenantStore>();
        if (settings.Role == NodeRole.Silo)
        {
            app.UseParleyOperations();
        }
        else
        {
            app.UseParleyApi();
        }

        if (Dashboard.IsOn(settings))
        {
            Dashboard.Map(app, settings);
        }

        return app;
    }

    private static void AddStore(IServiceCollection services, SiloSettings settings)
    {
        if (settings.Cluster is { } cluster)
        {
            services.AddMongoStorage(Mongo(cluster, settings.Section.GetSection("MongoDB")));
        }
        else
        {
            services.AddSqliteStorage(Sqlite(settings.DataDirectory, settings.Section.GetSection("Sqlite")));
        }

        services.AddSingleton(new SyncOptions { AloneSince = settings.Cluster is null ? TimeProvider.System.GetUtcNow() : null });
        services.AddSingleton(settings.Section.GetSection("Sweep").Get<SweepOptions>() ?? new SweepOptions());
        services.AddSingleton(settings.Section.GetSection("Keeper").Get<KeeperOptions>() ?? new KeeperOptions());
    }

    private static SqliteOptions Sqlite(string directory, IConfigurationSection section)
    {
        var byDefault = new SqliteOptions { DataDirectory = directory };
        return byDefault with
        {
            QueueLimit = section.GetValue("QueueLimit", byDefault.QueueLimit),
            RowsPerFlush = section.GetValue("RowsPerFlush", byDefault.RowsPerFlush),
            Readers = section.GetValue("Readers", byDefault.Readers),
            Deadline = section.GetValue("Deadline", byDefault.Deadline),
            BusyTimeout = section.GetValue("BusyTimeout", byDefault.BusyTimeout),
        };
    }

    private static MongoOptions Mongo(ClusterSettings cluster, IConfigurationSection section)
    {
        var byDefault = new MongoOptions { ConnectionString = cluster.ConnectionString };
        return byDefault with
        {
            Flushers = section.GetValue("Flushers", byDefault.Flushers),
            QueueLimit = section.GetValue("QueueLimit", byDefault.QueueLimit),
            RowsPerFlush = section.GetValue("RowsPerFlush", byDefault.RowsPerFlush),
            Deadline = section.GetValue("Deadline", byDefault.Deadline),
        };
    }

    /// <summary>The framework's keys stay with the data: in the cluster's store, or where only this user can read them. A certificate encrypts them
    /// there.</summary>
    private static void AddDataProtection(IServiceCollection services, SiloSettings settings)
    {
        var protection = services.AddDataProtection().SetApplicationName("parley");
        protection.ProtectKeys(settings.KeyCertificates);
        if (settings.Cluster is not null)
        {
            protection.PersistKeysToMongo();
            return;
        }

        var directory = Path.Combine(settings.DataDirectory, "keys");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        protection.PersistKeysToFileSystem(new DirectoryInfo(directory));
    }
}
