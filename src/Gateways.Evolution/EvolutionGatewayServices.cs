using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Gateways.Evolution.Rest;
using Parley.Ports.Gateways;

namespace Parley.Gateways.Evolution;

/// <summary>Puts the client into a host.</summary>
public static class EvolutionGatewayServices
{
    /// <summary>Evolution (on Node) closes a connection that is idle for 5 s. One used again at that very moment would leave a send unknown.</summary>
    private static readonly TimeSpan IdleConnection = TimeSpan.FromSeconds(2);

    /// <summary>Adds Evolution API as an <see cref="IGateway"/>. An <see cref="EvolutionGatewayOptions"/> that is there already counts.</summary>
    public static IServiceCollection AddEvolutionGateway(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<EvolutionGatewayOptions>();
        services.AddHttpClient(RestClient.Name, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler(static (handler, provider) =>
            {
                // A redirect would carry the key to wherever it points.
                handler.AllowAutoRedirect = false;
                handler.UseCookies = false;
                handler.ConnectTimeout = provider.GetRequiredService<EvolutionGatewayOptions>().TcpTimeout;
                handler.PooledConnectionIdleTimeout = IdleConnection;
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            })

            // They would write instance names, which are not to be guessed.
            .RemoveAllLoggers()

            // The connections are renewed by the handler itself.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        services.TryAddSingleton<RestClient>();
        services.TryAddSingleton<Dialects>();
        services.AddSingleton<IGateway, EvolutionGateway>();
        return services;
    }
}
