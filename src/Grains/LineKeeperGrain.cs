using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Parley.Domain.Sessions;
using Parley.Grains.Abstractions;
using Parley.Ingest;
using Parley.Ports;
using Parley.Ports.Gateways;

namespace Parley.Grains;

/// <summary>Does a session's task at its gateway, and else asks now and then how the line stands.</summary>
/// <remarks>
/// A task is in the session until its end is reported, so one that dies is done again, and of two keepers at once the second report
/// changes nothing. A new instance has its name before it is asked for: where that name is taken, an earlier try made it.
/// </remarks>
[Reentrant]
public sealed partial class LineKeeperGrain(
    IGrainContext context,
    ISessionStore sessions,
    ITenantStore tenants,
    Gateways gateways,
    SessionVault vault,
    LineHealth health,
    QuarantineReplay replay,
    IGrainFactory grains,
    KeeperOptions options,
    TimeProvider time,
    ILogger<LineKeeperGrain> logger) : IGrainBase, ILineKeeperGrain
{
    /// <summary>A repeat of what only asks for a connection does no harm, and no good without end.</summary>
    private const int MostTries = 8;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GivingUp = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GivesUpWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Deleting = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DeletesWithin = TimeSpan.FromSeconds(10);
    private readonly (string TenantId, string SessionId) _key = GrainKey.Parse(context.GrainId.Key.ToString()!);
    private Task<TimeSpan?> _running = Task.FromResult<TimeSpan?>(null);
    private int _failures;
    private long? _looked;

    /// <summary>How long the line is left alone after the last look, and in which version of the session: whoever asked may not have waited for the
    /// end of that look.</summary>
    private (long Version, TimeSpan Wait)? _leftAlone;
    private long _version;

    public IGrainContext GrainContext => context;

    public async Task<TimeSpan?> Run()
    {
        if (!_running.IsCompleted)
        {
            return Soon;
        }

        _running = Keep();
        await Task.WhenAny(_running, Task.Delay(options.Waits, time));
        return _running.IsCompleted ? await _running : Soon;
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) =>
        await _running.WaitAsync(token);

    private async Task<TimeSpan?> Keep()
    {
        TenantContext.Set(_key.TenantId);
        try
        {
            if (await sessions.ReadSession(_key.TenantId, _key.SessionId, CancellationToken.None) is not { } session)
            {
                return null;
            }

            var calm = await Calm(session);
            var isLeft = !session.IsRun || session is { DeletedByTenant: true, Task: null };
            return isLeft ? calm : Sooner(calm, await Keep(session));
        }
        catch (Exception e) when (Retryable.Is(e))
        {
            LogLater(logger, e.Message);
            return options.FirstPause;
        }
        catch (Exception e)
        {
            LogFailed(logger, e);
            return options.ShortestLook;
        }
    }

    private async Task<TimeSpan> Keep(Session session)
    {
        if (await gateways.Open(session.GatewayId!, CancellationToken.None) is not { } gateway)
        {
            await Report(SessionReportKind.NotSeen, report => report with { Code = Attention.GatewayUnreachable });
            return options.LongestLook;
        }

        if (session.Claims)
        {
            await replay.Claim(session.GatewayId!, session.InstanceName, _key.TenantId, CancellationToken.None);
            await Report(SessionReportKind.Claimed, static report => report);
        }

        if (session.Task is { } task)
        {
            return await Try(gateway, session, task);
        }

        // Each change wakes it, what it found by looking too: a line that comes and goes is not asked after at its own pace.
        if (_looked is { } looked)
        {
            var wait = _leftAlone is { } alone && alone.Version == session.Version ? alone.Wait : options.FirstLook;
            if (wait - time.GetElapsedTime(looked) is var left && left > TimeSpan.Zero)
            {
                return left;
            }
        }

        (_looked, _leftAlone) = (time.GetTimestamp(), null);
        _version = session.Version;
        var next = await Look(gateway, session);
        (_looked, _leftAlone) = (time.GetTimestamp(), (_version, next));
        return next;
    }

    /// <summary>Tells what a storm kept back, when it is over.</summary>
    /// <returns>When that may be; null when there is no storm.</returns>
    private async Task<TimeSpan?> Calm(Session session)
    {
        if (session.Pace is not { Folded: > 0 } pace)
        {
            return null;
        }

        var left = pace.Since + SessionPace.Window - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return left;
        }

        await Report(SessionReportKind.Calm, static report => report);
        return null;
    }

    private async Task<TimeSpan> Try(OpenGateway gateway, Session session, SessionTask task)
    {
        if (task.TriedAt is { } tried && tried + PauseAfter(task.Tries) - time.GetUtcNow() is { } left && left > TimeSpan.Zero)
        {
            return left;
        }

        try
        {
            var code = await Do(gateway, session, task);
            var after = await Report(
                SessionReportKind.TaskDone, report => report with { TaskNumber = task.Number, TaskKind = task.Kind, Code = code });
            return after?.Task is null ? options.FirstLook : TimeSpan.Zero;
        }
        catch (GatewayException e)
        {
            LogRefused(logger, task.Kind, e.Fault, e.Message);
            await Report(
                SessionReportKind.TaskFailed,
                report => report with { TaskNumber = task.Number, Code = CodeOf(e.Fault), Final = IsFinal(task, e.Fault) });
            return PauseAfter(task.Tries + 1);
        }
    }

    /// <returns>A code of what is wrong all the same; null = nothing.</returns>
    private async Task<string?> Do(OpenGateway gateway, Session session, SessionTask task)
    {
        var (api, access, name) = (gateway.Gateway, gateway.Access, session.InstanceName);
        string? code;
        switch (task.Kind)
        {
            case SessionTaskKind.Create:
                return await Create(gateway, session, task);
            case SessionTaskKind.Connect:
                if (task.Anew)
                {
                    await GiveUp(gateway, name);
                }

                code = await TakeWebhook(gateway, session, task);
                await Connect(gateway, name, task.PhoneNumber);
                return code;
            case SessionTaskKind.Restart:
                code = await TakeWebhook(gateway, session, task);
                await Restart(gateway, name);
                return code;
            case SessionTaskKind.LogOut:
                await IfThere(() => api.LogOut(access, name, CancellationToken.None));
                return await TakeWebhook(gateway, session, task);
            case SessionTaskKind.TakeWebhook:
                return await Own(gateway, session, null);
            case SessionTaskKind.Delete:
                await Delete(gateway, name);
                await EndToken(session);
                return null;
            default:
                await IfThere(() => Detach(gateway, session));
                await EndToken(session);
                return null;
        }
    }

    private async Task<string?> Create(OpenGateway gateway, Session session, SessionTask task)
    {
        var secrets = vault.Open(session.Secrets!);
        var order = new InstanceOrder(session.InstanceName, secrets.InstanceToken!, secrets.Webhook(), task.PhoneNumber);
        InstanceWebhook? webhook;
        try
        {
            webhook = await gateway.Gateway.Create(gateway.Access, order, CancellationToken.None);
        }
        catch (GatewayException e) when (e.Fault == GatewayFault.NameTaken)
        {
            // An earlier try made it: nobody else can have the name. Its answer was lost before the gateway was told all.
            var code = await Own(gateway, session, await gateway.Gateway.Complete(gateway.Access, order, CancellationToken.None));
            if (task.Anew)
            {
                // The first code comes before the answer of the call that made it.
                await GiveUp(gateway, session.InstanceName);
            }

            var state = await gateway.Gateway.ReadState(gateway.Access, session.InstanceName, CancellationToken.None);
            if (state.Status != SessionStatus.Open)
            {
                await Connect(gateway, session.InstanceName, task.PhoneNumber);
            }

            return code;
        }

        return await Own(gateway, session, webhook);
    }

    private async Task Connect(OpenGateway gateway, string name, string? phoneNumber)
    {
        var began = time.GetUtcNow();
        var answer = await gateway.Gateway.Connect(gateway.Access, name, phoneNumber, CancellationToken.None);
        if (answer.State == SessionStatus.Open)
        {
            await Report(SessionReportKind.Looked, report => report with { Status = SessionStatus.Open, At = began });
        }
    }

    /// <summary>
    /// Ends an attempt that shows a QR code: until then the gateway gives no pairing code, whatever number it is asked for. It ends after the answer.
    /// </summary>
    private async Task GiveUp(OpenGateway gateway, string name)
    {
        if (!await IsConnecting(gateway, name))
        {
            return;
        }

        await IfThere(() => gateway.Gateway.LogOut(gateway.Access, name, CancellationToken.None));
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < GivesUpWithin && await IsConnecting(gateway, name))
        {
            await Task.Delay(GivingUp, time);
        }
    }

    /// <summary>
    /// Deletes an instance until it is gone. The gateway says that it is before it begins, and first posts of it: 2.2 repeats that for five
    /// minutes where it is refused, so the token must be good until the end.
    /// </summary>
    private async Task Delete(OpenGateway gateway, string name)
    {
        var began = time.GetTimestamp();
        await IfThere(() => gateway.Gateway.Delete(gateway.Access, name, CancellationToken.None));
        while (await IsThere(gateway, name))
        {
            if (time.GetElapsedTime(began) > DeletesWithin)
            {
                throw new GatewayException(GatewayFault.Unknown, "The instance is still there.");
            }

            await Task.Delay(Deleting, time);
        }
    }

    private static async Task<bool> IsThere(OpenGateway gateway, string name)
    {
        try
        {
            await gateway.Gateway.ReadState(gateway.Access, name, CancellationToken.None);
            return true;
        }
        catch (GatewayException e) when (e.Fault == GatewayFault.InstanceMissing)
        {
            return false;
        }
    }

    private static async Task<bool> IsConnecting(OpenGateway gateway, string name) =>
        (await gateway.Gateway.ReadState(gateway.Access, name, CancellationToken.None)).Status == SessionStatus.Connecting;

    /// <summary>A closed session cannot be restarted, only connected.</summary>
    private async Task Restart(OpenGateway gateway, string name)
    {
        try
        {
            await gateway.Gateway.Restart(gateway.Access, name, CancellationToken.None);
        }
        catch (GatewayException e) when (e.Fault == GatewayFault.NotConnected)
        {
            await Connect(gateway, name, null);
        }
    }

    /// <summary>What is left to do of an adoption. That it cannot be done does not keep the line from being connected.</summary>
    private async Task<string?> TakeWebhook(OpenGateway gateway, Session session, SessionTask task)
    {
        try
        {
            return task.TakesWebhook ? await Own(gateway, session, null) : null;
        }
        catch (GatewayException e)
        {
            LogRefused(logger, SessionTaskKind.TakeWebhook, e.Fault, e.Message);
            return Attention.WebhookLost;
        }
    }

    /// <summary>Sees to it that the instance posts here.</summary>
    /// <param name="now">Its webhook as it is; null = not known, or none.</param>
    private async Task<string?> Own(OpenGateway gateway, Session session, InstanceWebhook? now)
    {
        var own = vault.Open(session.Secrets!).Webhook();
        if (!Posts(now, own))
        {
            now = await gateway.Gateway.SetWebhook(gateway.Access, session.InstanceName, own, CancellationToken.None);
        }

        return Posts(now, own) ? null : Attention.WebhookLost;
    }

    /// <summary>Leaves the instance as it was found, unless somebody else has changed its webhook meanwhile.</summary>
    private async Task Detach(OpenGateway gateway, Session session)
    {
        if (session.Secrets is null)
        {
            return;
        }

        var secrets = vault.Open(session.Secrets);
        var own = secrets.Webhook();
        if (await gateway.Gateway.ReadWebhook(gateway.Access, session.InstanceName, CancellationToken.None) is { } now && now.Url == own.Url)
        {
            await gateway.Gateway.SetWebhook(
                gateway.Access, session.InstanceName, secrets.Former ?? own with { Enabled = false, Headers = own.Headers.Clear() }, CancellationToken.None);
        }
    }

    /// <summary>A version does not know all events; the one without which there is no conversation is known to all. No events at all are all.</summary>
    private static bool Posts(InstanceWebhook? now, InstanceWebhook own) =>
        now is { Enabled: true } && now.Url == own.Url && (now.Events.IsEmpty || now.Events.Contains("MESSAGES_UPSERT", StringComparer.Ordinal));

    /// <summary>What is gone needs no more to be done to it.</summary>
    private static async Task IfThere(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (GatewayException e) when (e.Fault is GatewayFault.InstanceMissing or GatewayFault.NotConnected)
        {
        }
    }

    private async Task EndToken(Session session)
    {
        if (session.TokenId is { } token)
        {
            await tenants.DeleteCredential(_key.TenantId, CredentialKind.WebhookToken, token, CancellationToken.None);
        }
    }

    private async Task<TimeSpan> Look(OpenGateway gateway, Session session)
    {
        var began = time.GetUtcNow();
        InstanceState state;
        try
        {
            state = await gateway.Gateway.ReadState(gateway.Access, session.InstanceName, CancellationToken.None);
        }
        catch (GatewayException e)
        {
            return await NotSeen(session, e.Fault, began);
        }

        _failures = 0;

        // In the database only: it is not connected.
        var status = state.Status ?? SessionStatus.Close;
        var after = await Report(SessionReportKind.Looked, report => report with { Status = status, At = began });
        if (after is not { DeletedByTenant: false, Task: null, DesiredStatus: SessionStatus.Open })
        {
            return options.LongestLook;
        }

        if (await health.Judge(gateway, _key.TenantId, after, CancellationToken.None) is { } report)
        {
            after = await Report(report.Kind, _ => report) ?? after;
        }

        return after.Task is null ? NextLook(after) : TimeSpan.Zero;
    }

    private async Task<TimeSpan> NotSeen(Session session, GatewayFault fault, DateTimeOffset began)
    {
        var code = CodeOf(fault);
        _failures++;
        if (code == Attention.InstanceMissing)
        {
            await Report(SessionReportKind.NotSeen, report => report with { Code = code, At = began, Fresh = Fresh(session) });
            return options.ShortestLook;
        }

        if (_failures >= 3 || code == Attention.GatewayUnauthorized)
        {
            await Report(SessionReportKind.NotSeen, report => report with { Code = code, At = began });
        }

        return Between(options.ShortestLook * _failures, options.ShortestLook, options.LongestLook);
    }

    private FreshInstance? Fresh(Session session) => session is { IsAdopted: false, Secrets: { } secrets }
        ? new FreshInstance(InstanceNames.New(), vault.Protect(vault.Open(secrets) with { InstanceToken = InstanceNames.NewInstanceToken() }))
        : null;

    /// <summary>Soon after a change, then more and more rarely; sessions that changed together are not asked together.</summary>
    private TimeSpan NextLook(Session session)
    {
        var age = time.GetUtcNow() - (session.StateReceivedAt ?? session.UpdatedAt);
        if (age < options.ShortestLook)
        {
            return options.FirstLook;
        }

        var wait = Between(age / 2, options.ShortestLook, options.LongestLook);
        return wait * (0.8 + (0.2 * Share(_key.SessionId)));
    }

    private TimeSpan PauseAfter(int tries) => Between(options.FirstPause * Math.Pow(2, Math.Min(tries, 16) - 1), TimeSpan.Zero, options.LongestLook);

    private async Task<Session?> Report(SessionReportKind kind, Func<SessionReport, SessionReport> fill)
    {
        var after = await grains.GetGrain<ISessionGrain>(GrainKey.Of(_key.TenantId, _key.SessionId))
            .Report(fill(new SessionReport { Kind = kind, At = time.GetUtcNow() }));

        // What else has changed meanwhile is to be looked at soon.
        _version = after?.Version == _version + 1 ? after.Version : _version;
        return after;
    }

    private static string CodeOf(GatewayFault fault) => fault switch
    {
        GatewayFault.Unknown or GatewayFault.Unreachable or GatewayFault.Busy => Attention.GatewayUnreachable,
        GatewayFault.Unauthorized => Attention.GatewayUnauthorized,
        GatewayFault.InstanceMissing => Attention.InstanceMissing,
        _ => Attention.GatewayRefused,
    };

    /// <summary>Whether another try would end as this one did. What ends a session is tried until it is done.</summary>
    private static bool IsFinal(SessionTask task, GatewayFault fault) => task.Kind switch
    {
        SessionTaskKind.Delete or SessionTaskKind.Detach => false,
        SessionTaskKind.Create => CodeOf(fault) == Attention.GatewayRefused,
        _ => CodeOf(fault) is Attention.GatewayRefused or Attention.InstanceMissing || task.Tries + 1 >= MostTries,
    };

    /// <returns>A number from 0 to 1 that is always the same for one text.</returns>
    private static double Share(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619;
        }

        return hash / (double)uint.MaxValue;
    }

    private static TimeSpan Between(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;

    private static TimeSpan Sooner(TimeSpan? one, TimeSpan other) => one is { } first && first < other ? first : other;

    [LoggerMessage(2301, LogLevel.Information, "A line is looked after later: {Reason}")]
    private static partial void LogLater(ILogger logger, string reason);

    [LoggerMessage(2302, LogLevel.Error, "A line could not be looked after for a reason of our own.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(2303, LogLevel.Warning, "The gateway did not do {Task} ({Fault}): {Reason}")]
    private static partial void LogRefused(ILogger logger, SessionTaskKind task, GatewayFault fault, string reason);
}
