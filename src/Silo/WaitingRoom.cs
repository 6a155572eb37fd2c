using Orleans.Messaging;
using Parley.Api;
using Parley.Storage.MongoDB;

namespace Parley.Silo;

/// <summary>Waits at start until MongoDB answers and, on an api node, until there is a silo. Whoever asks meanwhile is told so at the node's own
/// address: it lives, and takes no requests yet.</summary>
/// <remarks>The first of all hosted services: a silo that starts without MongoDB fails.</remarks>
internal sealed partial class WaitingRoom(IServiceProvider services, SiloSettings settings, IConfiguration configuration, ILogger<WaitingRoom> logger)
    : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <exception cref="Ports.StorageStartException">It waits for what will never come; the message says what to do.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var needed = WaitForAll(cancellationToken);
        if (await Task.WhenAny(needed, Task.Delay(Pause, cancellationToken)) != needed)
        {
            await using var answers = Open();
            await answers.StartAsync(cancellationToken);
            await needed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await answers.StopAsync(cancellationToken);
        }

        await needed;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WaitForAll(CancellationToken cancellationToken)
    {
        // Says by itself that it waits.
        await services.GetRequiredService<MongoDatabase>().Prepare(cancellationToken);
        if (settings.Role != NodeRole.Api)
        {
            return;
        }

        var told = false;
        while (!await HasSilo(cancellationToken))
        {
            if (!told)
            {
                WaitsForSilo();
                told = true;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<bool> HasSilo(CancellationToken cancellationToken)
    {
        try
        {
            return (await services.GetRequiredService<IGatewayListProvider>().GetGatewaysAsync(cancellationToken)).Count > 0;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // MongoDB went away again.
            NotAsked(e.GetType().Name);
            return false;
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

    [LoggerMessage(3001, LogLevel.Warning, "This node waits: there is no silo in the cluster yet.")]
    private partial void WaitsForSilo();

    [LoggerMessage(3002, LogLevel.Warning, "This node waits: the silos of the cluster could not be asked for ({Kind}).")]
    private partial void NotAsked(string kind);
}
