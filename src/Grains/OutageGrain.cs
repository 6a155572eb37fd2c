using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;

namespace Parley.Grains;

/// <summary>Notices that for a while nobody could take webhooks: the lines stayed open meanwhile, so nothing of them tells.</summary>
/// <remarks>The last sign of life is in the store, so it is one for all nodes; it moves on only after every session knows of the outage.</remarks>
[Reentrant]
public sealed partial class OutageGrain(
    IGrainContext context,
    IPlaceStore places,
    ISessionStore sessions,
    IGrainFactory grains,
    SyncOptions options,
    TimeProvider time,
    ILogger<OutageGrain> logger) : IGrainBase, IOutageGrain
{
    /// <summary>The place that holds the last sign of life, Unix milliseconds.</summary>
    internal const string Place = "webhooks.taken";

    /// <summary>Sessions that are told before a pause: each of them reads from its gateway at once.</summary>
    private const int PageSize = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private Task _running = Task.CompletedTask;
    private bool _stopping;

    public IGrainContext GrainContext => context;

    public Task Beat()
    {
        if (_running.IsCompleted)
        {
            _running = Look();
        }

        return Task.CompletedTask;
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        _stopping = true;
        await _running.WaitAsync(token);
    }

    private async Task Look()
    {
        try
        {
            var last = await places.ReadPlace(Place, CancellationToken.None);
            if (last is { } heard && IsOutage(DateTimeOffset.FromUnixTimeMilliseconds(heard))
                && !await TellAll(DateTimeOffset.FromUnixTimeMilliseconds(heard)))
            {
                return;
            }

            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (last is null || last < now)
            {
                await places.MovePlace(Place, last, now, CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            // The next beat looks again, and finds the same outage.
            LogLater(logger, e.Message);
        }
    }

    private bool IsOutage(DateTimeOffset heard) =>
        heard < options.AloneSince || time.GetUtcNow() - heard > options.OutageAfter;

    /// <returns>False when the silo stops before all know: another one tells all of them again.</returns>
    private async Task<bool> TellAll(DateTimeOffset since)
    {
        var (told, after) = (0, (SortKey?)null);
        do
        {
            var page = await sessions.ListSessions(null, new SessionFilter(), new PageRequest(PageSize, after), CancellationToken.None);
            var run = page.Rows.Where(static row => row.Session.IsRun).ToList();
            await Task.WhenAll(run.Select(row => Tell(row, since)));
            told += run.Count;
            after = page.HasMore ? page.Continue : null;
            if (after is not null && run.Count > 0)
            {
                await Task.Delay(Pause, time);
            }

            if (_stopping)
            {
                return false;
            }
        }
        while (after is not null);

        if (told > 0)
        {
            LogOutage(logger, since, told);
        }

        return true;
    }

    private async Task Tell(SessionEntry entry, DateTimeOffset since)
    {
        try
        {
            TenantContext.Set(entry.TenantId);
            await grains.GetGrain<ISessionGrain>(GrainKey.Of(entry.TenantId, entry.Session.SessionId))
                .Report(new SessionReport { Kind = SessionReportKind.NotHeard, At = since });
        }
        catch (Exception e) when (!Retryable.Is(e))
        {
            // One session's fault keeps no other from its repair.
            LogFailed(logger, e);
        }
    }

    [LoggerMessage(2701, LogLevel.Information, "No webhooks could be taken since {Since:O}: {Count} sessions read back what they may have missed.")]
    private static partial void LogOutage(ILogger logger, DateTimeOffset since, int count);

    [LoggerMessage(2702, LogLevel.Debug, "Whether webhooks were missed is found out later: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);

    [LoggerMessage(2703, LogLevel.Error, "A session could not be told of an outage for a reason of our own.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
