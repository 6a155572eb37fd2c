using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Parley.Ingest.Buffering;
using Parley.Ingest.Outbound;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Puts the way of payloads into a host.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds the way of payloads to the grains. Needs the ports, a gateway's reader and a grain factory.</summary>
    public static IServiceCollection AddIngest(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IntakeOptions>();
        services.TryAddSingleton<IWebhookBacklog, NoBacklog>();
        services.AddSingleton<ConversationCalls>();
        services.AddSingleton<ConversationFinder>();
        services.AddSingleton<ConversationActions>();
        services.AddSingleton<ChangeRouter>();
        services.AddSingleton<Work>();
        services.AddSingleton<Gateways>();
        services.AddSingleton<SessionVault>();
        services.AddSingleton<Routes>();
        services.AddSingleton<KnownSessions>();
        services.AddSingleton<Names>();
        services.AddSingleton<MetGroups>();
        services.AddHostedService<GroupNamer>();
        services.AddSingleton<MessageRouter>();
        services.AddSingleton(static provider => new Echoes(
            provider.GetRequiredService<ISendQueue>(),
            provider.GetRequiredService<IConversationStore>(),
            provider.GetRequiredService<MessageRouter>(),
            provider.GetRequiredService<Work>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new Sending(
            provider.GetRequiredService<ISessionStore>(),
            provider.GetRequiredService<IConversationStore>(),
            provider.GetRequiredService<IIdempotencyStore>(),
            provider.GetRequiredService<Routes>(),
            provider.GetRequiredService<MessageRouter>(),
            provider.GetRequiredService<ConversationCalls>(),
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<MessageActions>();
        services.AddSingleton<MissingMessages>();
        services.AddSingleton<EventTail>();
        services.AddHostedService(static provider => provider.GetRequiredService<EventTail>());
        services.TryAddSingleton<WebhookOptions>();
        services.AddSingleton<WebhookVault>();
        services.AddSingleton<WebhookConnections>();
        services.AddSingleton<MediaSource>();
        services.AddSingleton<MediaIntake>();
        services.AddSingleton<WaitingEdits>();
        services.AddSingleton<IntakeServices>();
        services.AddSingleton<QuarantineReplay>();
        services.AddSingleton(provider => new WebhookIntake(
            provider.GetRequiredService<IntakeServices>(),
            provider.GetRequiredService<IWebhookReader>(),
            provider.GetRequiredService<IMediaStore>(),
            provider.GetRequiredService<IntakeOptions>(),
            provider.GetRequiredService<WaitingEdits>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WebhookIntake>>()));
        return services;
    }

    /// <summary>Lets a node keep webhooks in a buffer before they are taken in. Needs an <see cref="IWebhookBuffer"/>.</summary>
    public static IServiceCollection AddBufferedIntake(this IServiceCollection services) =>
        services.AddSingleton(static provider => new BufferedIntake(
            provider.GetRequiredService<IWebhookBuffer>(),
            provider.GetRequiredService<IWebhookReader>(),
            provider.GetRequiredService<IMediaStore>(),
            provider.GetRequiredService<IntakeOptions>(),
            provider.GetRequiredService<WaitingEdits>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BufferedIntake>>()));
}
