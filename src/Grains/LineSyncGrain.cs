using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Parley.Domain.Sessions;
using Parley.Domain.Work;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains;

/// <summary>Reads a session's messages back from its gateway and feeds them through the way of webhooks.</summary>
/// <remarks>A gateway lists the newest first, in pages that shift while it works: what belongs to a stretch of time is gathered whole and
/// told oldest first, so that what was missed gets its places in the order in which it happened.</remarks>
[Reentrant]
public sealed partial class LineSyncGrain(
    IGrainContext context,
    ISessionStore sessions,
    Gateways gateways,
    WebhookIntake intake,
    IGrainFactory grains,
    SyncOptions options,
    TimeProvider time,
    ILogger<LineSyncGrain> logger) : IGrainBase, ILineSyncGrain
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly (string TenantId, string SessionId) _key = GrainKey.Parse(context.GrainId.Key.ToString()!);
    private Task _running = Task.CompletedTask;
    private readonly HashSet<SyncLine> _done = [];
    private bool _stopping;

    /// <summary>What failed last, and from when on it is tried again; null = nothing since the last that was done.</summary>
    private (SyncLine Item, TimeSpan Pause, DateTimeOffset ResumesAt)? _failed;

    /// <summary>What the session was told last.</summary>
    private SyncRun? _noted;

    public IGrainContext GrainContext => context;

    public Task<bool> Run(SyncLine item)
    {
        if (_done.Remove(item))
        {
            return Task.FromResult(true);
        }

        // A gateway that could not tell is asked more and more rarely. What was left since then may be of a line that is there again.
        var waits = _failed is { } failed && failed.Item == item && time.GetUtcNow() < failed.ResumesAt;
        if (_running.IsCompleted && !waits)
        {
            _running = RunAll(item);
        }

        return Task.FromResult(_running.IsCompleted && _done.Remove(item));
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        _stopping = true;
        await _running.WaitAsync(token);
    }

    private async Task RunAll(SyncLine item)
    {
        TenantContext.Set(_key.TenantId);
        try
        {
            var session = await sessions.ReadSession(_key.TenantId, _key.SessionId, CancellationToken.None);
            if (session is not { GatewayId: { } gatewayId, DeletedByTenant: false })
            {
                _done.Add(item);
                return;
            }

            // A line that is away now reads its list when it is back: what it knows to have missed is left to do again then.
            var isAsked = item.RunId is not null;
            if (session.Status != SessionStatus.Open && !isAsked)
            {
                if (session.Missed?.Since <= item.Since)
                {
                    _done.Add(item);
                }

                return;
            }

            var now = time.GetUtcNow();
            var run = new SyncRun(item.RunId ?? Guid.CreateVersion7(now), item.Since, item.Until ?? now, SyncStatus.Running, now);
            try
            {
                var gateway = await gateways.Open(gatewayId, CancellationToken.None)
                    ?? throw new GatewayException(GatewayFault.Unreachable, "The session's gateway is gone.");
                if (isAsked || _failed?.Item != item)
                {
                    await Note(run);
                }

                run = await Sync(gateway, session, run);
                await Note(run with { Status = SyncStatus.Done, FinishedAt = time.GetUtcNow() });
                _failed = null;
                _done.Add(item);
            }
            catch (GatewayException e)
            {
                // Somebody who asked is told; what asked by itself is tried again.
                if (isAsked || _noted is not { Status: SyncStatus.Failed } || _noted.Error != e.Message)
                {
                    await Note(run with { Status = SyncStatus.Failed, FinishedAt = time.GetUtcNow(), Error = e.Message });
                }

                if (isAsked)
                {
                    _done.Add(item);
                }
                else
                {
                    Pause(item);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping)
        {
            // The next silo does it from its beginning.
        }
        catch (Exception e)
        {
            Pause(item);
            LogLater(logger, e.Message);
        }
    }

    private void Pause(SyncLine item)
    {
        var pause = _failed is { } failed && failed.Item == item ? failed.Pause * 2 : FirstPause;
        pause = pause < LongestPause ? pause : LongestPause;
        _failed = (item, pause, time.GetUtcNow() + pause);
    }

    private async Task<SyncRun> Sync(OpenGateway gateway, Session session, SyncRun run)
    {
        var open = new Stack<(DateTimeOffset Since, DateTimeOffset Until)>([(run.Since, run.Until)]);
        while (open.TryPop(out var stretch))
        {
            var rows = await Gather(gateway, session.InstanceName, stretch.Since, stretch.Until);
            if (rows is null)
            {
                var middle = stretch.Since + ((stretch.Until - stretch.Since) / 2);
                open.Push((middle, stretch.Until));
                open.Push((stretch.Since, middle));
                continue;
            }

            foreach (var chunk in rows.InOrder(options.MostAtOnce))
            {
                StopIfAsked();
                var added = await intake.Sync(_key.TenantId, session, chunk, CancellationToken.None);
                run = run with { Read = run.Read + chunk.Items.Count, Added = run.Added + added };
                await Note(run);
            }
        }

        return run;
    }

    /// <returns>Null when there is more in this stretch of time than is held at once, or than its pages had, and it can be split.</returns>
    private async Task<GatheredMessages?> Gather(OpenGateway gateway, string instanceName, DateTimeOffset since, DateTimeOffset until)
    {
        var gathered = new GatheredMessages(instanceName);
        var query = new MessagesQuery(since, until);
        var canSplit = until - since > options.ShortestStretch;
        var (rows, total, pages) = (new HashSet<string>(StringComparer.Ordinal), 0L, 0);
        do
        {
            StopIfAsked();
            var page = await gateway.Gateway.ReadMessages(gateway.Access, instanceName, query, CancellationToken.None);
            if (canSplit && page.Total > options.MostHeld)
            {
                return null;
            }

            gathered.Add(page.Reading);
            rows.UnionWith(page.Rows);
            total = Math.Max(total, page.Total ?? 0);
            pages++;
            query = query with { Cursor = page.Next };
        }
        while (query.Cursor is not null && gathered.Count < options.MostHeld);

        // A gateway's order is not stable, and each page is a new question: a row at its edge may be in none. Asked again for the same pages it
        // would answer the same; a shorter stretch has other edges, and in the end none.
        var isComplete = query.Cursor is null && (pages == 1 || rows.Count >= total);
        return !isComplete && canSplit ? null : gathered;
    }

    private void StopIfAsked()
    {
        if (_stopping)
        {
            throw new OperationCanceledException("The silo stops.");
        }
    }

    private async Task Note(SyncRun run)
    {
        await grains.GetGrain<ISessionGrain>(GrainKey.Of(_key.TenantId, _key.SessionId)).Note(run);
        _noted = run;
    }

    [LoggerMessage(2501, LogLevel.Information, "A sync goes on later: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);
}
