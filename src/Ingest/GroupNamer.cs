using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ports;

namespace Parley.Ingest;

/// <summary>Asks gateways what groups are called and who is in them.</summary>
/// <remarks>
/// No webhook tells the name of a group that the line was in before, nor a new name of any (webhooks, 3). Names are no promise: what fails is
/// tried again when the group writes again.
/// </remarks>
internal sealed partial class GroupNamer(
    MetGroups groups,
    IDirectory directory,
    ISessionStore sessions,
    Gateways gateways,
    WebhookIntake intake,
    TimeProvider time,
    ILogger<GroupNamer> logger) : BackgroundService
{
    private const int MostResting = 10_000;

    /// <summary>After this a name may have changed.</summary>
    private static readonly TimeSpan NameAge = TimeSpan.FromDays(1);

    /// <summary>Between two questions of this node: WhatsApp refuses whoever asks for many groups at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long a line that could not be asked is left alone: its groups must not hold up those of others.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    private readonly ExpiringMap<(string TenantId, string SessionId), bool> _resting = new(time, Rest, MostResting);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var met in groups.Take(stoppingToken))
        {
            try
            {
                if (!_resting.TryGet((met.TenantId, met.SessionId), out _) && await Ask(met, stoppingToken))
                {
                    await Task.Delay(Pause, time, stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                _resting.Set((met.TenantId, met.SessionId), true);
                LogLater(logger, e.Message);
            }
        }
    }

    /// <returns>Whether a gateway was asked.</returns>
    private async Task<bool> Ask(MetGroup met, CancellationToken cancellationToken)
    {
        TenantContext.Set(met.TenantId);
        var group = met.Group.Canonical;
        var known = await directory.Find(met.TenantId, [group], cancellationToken);
        if (known.TryGetValue(group, out var entry) && entry.Name is not null && time.GetUtcNow() - entry.At < NameAge)
        {
            return false;
        }

        if (await sessions.ReadSession(met.TenantId, met.SessionId, cancellationToken)
                is not { Status: SessionStatus.Open, GatewayId: { } gatewayId } session
            || await gateways.Open(gatewayId, cancellationToken) is not { } gateway)
        {
            return false;
        }

        var reading = await gateway.Gateway.ReadGroup(gateway.Access, session.InstanceName, met.Group, cancellationToken);
        await intake.Sync(met.TenantId, session, reading, cancellationToken);
        return true;
    }

    [LoggerMessage(2601, LogLevel.Information, "The name of a group is asked for later: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
