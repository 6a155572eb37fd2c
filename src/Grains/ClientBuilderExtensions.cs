using Orleans.Configuration;

namespace Parley.Grains;

/// <summary>Prepares a client that calls the grains of a cluster.</summary>
public static class ClientBuilderExtensions
{
    /// <summary>A call from outside waits as long as one from a silo.</summary>
    public static IClientBuilder AddParleyGrainClient(this IClientBuilder client) =>
        client.Configure<ClientMessagingOptions>(static options => options.ResponseTimeout = SiloBuilderExtensions.ResponseTimeout);
}
