using Orleans.Messaging;
using Parley.Api;

namespace Parley.Silo;

/// <summary>Waits at start until MongoDB answers and, on an api node, until there is a silo. Whoever asks meanwhile is told so at the node's own
/// address: it lives, and takes no requests yet.</summary>
/// <remarks>The first of all hosted services: a store or a silo that starts without MongoDB fails.</remarks>
internal sealed partial class WaitingRoom(IServiceProvider services, SiloSettings settings, IConfiguration configuration, ILogger<WaitingRoom> logger)
    : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await Missing(cancellationToken) is not { } missing)
        {
            return;
        }

        await using var answers = Open();
        await answers.StartAsync(cancellationToken);
        var told = "";
        do
        {
            if (missing != told)
            {
                Waits(missing);
                told = missing;
            }

            await Task.Delay(Pause, cancellationToken);
        }
        while ((missing = await Missing(cancellationToken)) is not null);

        await answers.StopAsync(cancellationToken);
        GoesOn();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <returns>What this node waits for; null when it need not.</returns>
    private async Task<string?> Missing(CancellationToken cancellationToken)
    {
        try
        {
            if (services.GetService<IMembershipTable>() is { } table)
            {
                await table.ReadAllAsync(cancellationToken);
                return null;
            }

            var gateways = await services.GetRequiredService<IGatewayListProvider>().GetGatewaysAsync(cancellationToken);
            return gateways.Count > 0 ? null : "there is no silo in the cluster yet";
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return $"MongoDB does not answer ({e.GetType().Name})";
        }
    }

    private WebApplication Open()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddConfiguration(configuration);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        if (settings.Urls is { } urls)
        {
            builder.WebHost.UseUrls(urls);
        }

        return builder.Build().UseWaitingAnswers();
    }

    [LoggerMessage(3001, LogLevel.Warning, "This node waits: {Missing}.")]
    private partial void Waits(string missing);

    [LoggerMessage(3002, LogLevel.Information, "What this node waited for is there.")]
    private partial void GoesOn();
}
